"""Distinguish telephones, tablets and televisions by the names of their models."""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

import re2
import regex
import yaml_rs

# Before it there is no letter that would make it part of another name: the rule of the data's authors.
_BOUNDED: Final = r"(?i)(?:^|[^A-Z0-9_-]|[^A-Z0-9-]_|sprd-|MZ-)(?:%s)"
# What RE2 does not know: text that must or must not come before or after.
_LOOK_AROUND: Final = regex.compile(r"\(\?<?[!=](?:[^()\\]|\\.|(\((?:[^()\\]|\\.|(?1))*\)))*\)")
# What Android says of itself, before the name of the model.
_NAME: Final = regex.compile(
    r"(?:Android|Andr0id|Adr|Tizen) [\d.]+;(?: ?[A-Za-z]{2}(?:[-_][A-Za-z]{2})?;| xx;)? ?"
    r"([^;()]*(?:\([^()]*\)[^;()]*)?)"
)
_BUILD: Final = regex.compile(r" Build/.*$|[ /]Build$")
_LONGEST_NAME: Final = 80
# Of the data's kinds, as we call them; what is missing here is "other".
_TYPES: Final = {
    "smartphone": "mobile",
    "phablet": "mobile",
    "feature phone": "mobile",
    "portable media player": "mobile",
    "tablet": "tablet",
    "tv": "tv",
    "console": "console",
    "wearable": "wearable",
    "desktop": "desktop",
}
# What Chrome and others say instead of a model.
_WITHHELD: Final = frozenset({"", "K", "wv", "Mobile", "Tablet"})


class _Names:
    """Patterns of names, in order; the literals in them tell which few are worth a try."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._filter = re2.Filter()
        self._exact = {}
        for index, pattern in enumerate(patterns):
            loose = _LOOK_AROUND.sub("", pattern)
            if loose != pattern:
                self._exact[index] = _BOUNDED % pattern
            self._filter.Add(_BOUNDED % loose)
        self._filter.Compile()

    def first(self, text: str) -> int | None:
        """Return the place of the first pattern that matches; None if none does."""
        for index in sorted(self._filter.Match(text) or ()):
            if index not in self._exact or regex.search(self._exact[index], text):
                return int(index)
        return None


@lru_cache(maxsize=16_384)
def type_of(name: str) -> str:
    """Return mobile, tablet, tv, console, wearable, desktop or other for the name of a model; empty when unknown."""
    if name in _WITHHELD:
        return ""
    text = f"Android 10; {name} Build/A)"
    makers, names = _makers()
    place = names.first(text)
    if place is None:
        return ""
    maker = makers[place]
    kind = maker["device"]
    if "models" in maker:
        found = _models(place).first(text)
        kind = kind if found is None else maker["models"][found].get("device", kind)
    return _TYPES.get(kind, "other")


def name_in(user_agent: str) -> str:
    """Return the name of the model that an agent gives; empty when it gives none."""
    found = _NAME.search(user_agent)
    return _BUILD.sub("", found[1]).strip()[:_LONGEST_NAME] if found else ""


@cache
def _makers() -> tuple[list[dict[str, Any]], _Names]:
    # The data of Matomo, as the package device-detector brings it.
    data = resources.files("device_detector") / "regexes/upstream/device/mobiles.yml"
    parsed: Any = yaml_rs.loads(data.read_text())
    makers = [maker for maker in parsed.values() if "device" in maker]
    return makers, _Names([maker["regex"] for maker in makers])


@cache
def _models(place: int) -> _Names:
    return _Names([model["regex"] for model in _makers()[0][place]["models"]])
