"""Lists in queries, in spellings that the gateway's transcoder does not know."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from gateway.compat.shared.http_metadata import Context
from services.common.errors import InvalidArgument

# Where the gateway leaves the path as it came.
_ORIGINAL_PATH_KEY: Final = "x-envoy-original-path"
_MOST_PARAMETERS: Final = 2000


def listed(context: Context, name: str) -> list[str]:
    """Return all values of name, name[] and name[0], name[1] …; none for native calls.

    Raises InvalidArgument for what is no text, and for more than 2000 parameters.
    """
    spelling = re.compile(rf"{re.escape(name)}(?:\[[0-9]*\])?")
    try:
        pairs = parse_qsl(_query(context), max_num_fields=_MOST_PARAMETERS, errors="strict")
    except ValueError as problem:
        raise InvalidArgument(name, "is no list of texts") from problem
    return [value for key, value in pairs if spelling.fullmatch(key)]


def _query(context: Context) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == _ORIGINAL_PATH_KEY and isinstance(value, str):
            return urlsplit(value).query
    return ""
