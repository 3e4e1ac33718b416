"""How often the calls of each dialect may be made, as it is set.

Settings are read by programs that serve no dialect, too, so that nothing here imports what serving takes.
"""

from collections.abc import Mapping
from typing import Any

from gateway.compat.bitly.rates import Rates as BitlyRates
from gateway.compat.shortio.rates import Rates as ShortioRates
from gateway.compat.spoo.rates import Rates as SpooRates
from services.runtime.settings import Environment


def read_rates(environment: Environment) -> Mapping[str, Any]:
    """Read the rates of the dialects that have some of their own, by name; the environment collects mistakes."""
    return {
        "bitly": BitlyRates.read(environment),
        "shortio": ShortioRates.read(environment),
        "spoo": SpooRates.read(environment),
    }
