"""How Short.io's clients name links and domains."""

import re
import string
from typing import Final

from services.common import errors

# Short.io's own ids have two parts after lnk_, and its client's schemas insist on them.
_PREFIX: Final = "lnk_lm_"
_DIGITS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LINK: Final = re.compile(r"lnk_(?:lm_)?([0-9A-Za-z]{1,11})")
_NUMBER: Final = re.compile(r"[0-9]{1,19}")
_LARGEST: Final = 2**63 - 1


def link_text(link_id: int) -> str:
    """Return a link's id as clients see it: lnk_lm_ and the number in base 62."""
    digits = ""
    while link_id:
        link_id, rest = divmod(link_id, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return _PREFIX + (digits or _DIGITS[0])


def link_number(text: str) -> int | None:
    """Return the number of a link's id, which older clients keep as it is; None when no link can have it."""
    if _NUMBER.fullmatch(text):
        number = int(text)
    elif match := _LINK.fullmatch(text):
        number = 0
        for digit in match[1]:
            number = number * len(_DIGITS) + _DIGITS.index(digit)
    else:
        return None
    return number if 0 < number <= _LARGEST else None


def link_id(text: str) -> int:
    """Return the number of a link's id; raise NotFound for one that no link can have, as for one that is not there."""
    number = link_number(text)
    if number is None:
        raise errors.NotFound("link", text)
    return number


def domain_id(text: str) -> int:
    """Return the number of a domain's id; raise NotFound for one that no domain can have."""
    if not _NUMBER.fullmatch(text) or not 0 < int(text) <= _LARGEST:
        raise errors.NotFound("domain", text)
    return int(text)


def path_of(code: str) -> str:
    """Return a code as Short.io writes paths: with a slash before it."""
    return code if code.startswith("/") else f"/{code}"


def code_of(path: str) -> str:
    """Return the code of a path, with or without its slash."""
    return path.removeprefix("/")
