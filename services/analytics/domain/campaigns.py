"""Find UTM parameters."""

from dataclasses import fields
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from services.analytics.domain.click import Campaign
from services.common.text import clean

_NAMES: Final = tuple(field.name for field in fields(Campaign))
_LONGEST_VALUE: Final = 500


def campaign_of(query: str, destination: str) -> Campaign:
    """Return the UTM parameters, each of the request's query or else of the destination's, at most 500 bytes long."""
    asked, led = _parameters(query), _parameters(_query_of(destination))
    if not asked and not led:
        return _NONE
    return Campaign(**{name: asked.get(name) or led.get(name, "") for name in _NAMES})


_NONE: Final = Campaign()


def _query_of(destination: str) -> str:
    return destination.partition("#")[0].partition("?")[2]


@lru_cache(maxsize=16_384)
def _parameters(query: str) -> dict[str, str]:
    # Shared by all clicks with that query: callers must not change it.
    if "utm" not in query:
        return {}
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, errors="replace"):
        if name in _NAMES:
            found.setdefault(name, clean(value, _LONGEST_VALUE))
    return found
