"""Make the stubs of the contracts while the wheel is built: the repository keeps none."""

import runpy
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Those that the public port speaks natively: the dialects of other products have clients of their own.
_CONTRACTS = ("linkmeter/analytics", "linkmeter/links")


class StubsHook(BuildHookInterface[Any]):
    """Put the stubs into the wheel, beside the modules of the client."""

    _scratch: str = ""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - The interface's.
        """Generate the stubs into a folder of their own and have them packed."""
        generate = runpy.run_path(str(Path(self.root).parents[1] / "protos" / "generate.py"))
        self._scratch = tempfile.mkdtemp()
        generate["write_stubs"](Path(self._scratch), *_CONTRACTS)
        for folder in _CONTRACTS:
            build_data["force_include"][str(Path(self._scratch) / folder)] = folder

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Delete the folder."""
        shutil.rmtree(self._scratch, ignore_errors=True)
