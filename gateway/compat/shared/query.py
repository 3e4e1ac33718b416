"""Lists in queries, in spellings that the gateway's transcoder does not know."""

import re
from typing import Final
from urllib.parse import parse_qsl

from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from services.common.errors import InvalidArgument

_MOST_PARAMETERS: Final = 2000


def listed(context: Context, name: str) -> list[str]:
    """Return all values of name, name[] and name[0], name[1] …; none for native calls.

    Raises InvalidArgument for what is no text, and for more than 2000 parameters.
    """
    spelling = re.compile(rf"{re.escape(name)}(?:\[[0-9]*\])?")
    try:
        pairs = parse_qsl(http_metadata.original_query(context), max_num_fields=_MOST_PARAMETERS, errors="strict")
    except ValueError as problem:
        raise InvalidArgument(name, "is no list of texts") from problem
    return [value for key, value in pairs if spelling.fullmatch(key)]
