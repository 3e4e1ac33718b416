"""Run calls of a Python client of Bitly: JSON in, JSON out. The clients know nothing of us."""

import json
import sys
import warnings
from typing import Any

import bitly_api
import libsaas.services.bitly
import pyshorteners

warnings.simplefilter("ignore")


def client(name: str, credentials: dict[str, str]) -> Any:
    """Make the client as its documentation says."""
    if name == "bitly_api":
        return bitly_api.Connection(**credentials)
    if name == "pyshorteners":
        return pyshorteners.Shortener("Bitly", bitly_token=credentials["access_token"])
    return libsaas.services.bitly.Bitly(credentials["access_token"])


def call(target: Any, steps: list[Any]) -> Any:
    """Walk along methods: ["link", [url], {}] and then ["clicks", [], {…}]."""
    try:
        for method, positional, named in steps:
            target = getattr(target, method)(*positional, **named)
    except Exception as problem:  # noqa: BLE001 - Whatever the client makes of an answer is what is tested.
        return {"error": type(problem).__name__, "code": getattr(problem, "code", None), "text": str(problem)}
    return target


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    maker = client(asked["client"], asked["credentials"])
    json.dump([call(maker, steps) for steps in asked["calls"]], sys.stdout)
