"""Run calls of py_spoo_url: JSON in, JSON out. It knows nothing of us."""

import json
import sys
import warnings
from typing import Any
from unittest.mock import MagicMock

warnings.simplefilter("ignore")
# Its charts and workbooks need hundreds of megabytes, its calls do not: what it draws with is not installed.
for drawing in ("geopandas", "matplotlib", "matplotlib.pyplot", "mpl_toolkits", "mpl_toolkits.axes_grid1", "pandas"):
    sys.modules[drawing] = MagicMock()

from py_spoo_url import Shortener, Statistics  # noqa: E402


def call(name: str, arguments: dict[str, Any]) -> Any:
    """Make a call as the client's documentation says."""
    try:
        if name == "statistics":
            return vars(Statistics(**arguments))
        return getattr(Shortener(), name)(**arguments)
    except Exception as problem:  # noqa: BLE001 - Whatever the client makes of an answer is what is tested.
        return {"error": str(problem)}


if __name__ == "__main__":
    answers = [call(name, arguments) for name, arguments in json.load(sys.stdin)]
    # Among what the client prints, the last line is ours.
    sys.stdout.write("\n" + json.dumps(answers))
