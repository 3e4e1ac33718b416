"""Origins that are HTTP APIs are read from small servers on loopback."""

from collections.abc import Iterator

import pytest

from tests.support.warm_program import WarmProgram


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmProgram]:
    """Load the program once for all tests of this process."""
    program = WarmProgram()
    yield program
    program.close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave settings of the machine for proxies without a say about loopback."""
    monkeypatch.setenv("NO_PROXY", "*")
