"""Read the visitor's language."""

import re
from functools import lru_cache
from typing import Final

_LONGEST: Final = 35
_TAG: Final = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*")


@lru_cache(maxsize=4096)
def language_of(accept_language: str) -> str:
    """Return the first language of an Accept-Language header, lower case and cut; empty when there is none."""
    first = accept_language.partition(",")[0].partition(";")[0].strip().lower().replace("_", "-")
    return first[:_LONGEST] if _TAG.fullmatch(first) else ""
