"""Origins that are HTTP APIs are read from small servers on loopback."""

import pytest


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave settings of the machine for proxies without a say about loopback."""
    monkeypatch.setenv("NO_PROXY", "*")
