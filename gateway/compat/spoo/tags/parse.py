"""From spoo.me's tags to ours."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from google.protobuf.struct_pb2 import Value

from gateway.compat.shared import json_values
from gateway.compat.spoo import ids, values
from gateway.compat.spoo.errors import unprocessable
from gateway.compat.spoo.tags import palette
from linkmeter.compat.spoo.v1 import bulk_service_pb2, tag_service_pb2

MOST_ON_LINK: Final = 10
_LONGEST_NAME: Final = 32
_MOST_NAMED: Final = 500
_SPACES: Final = re.compile(r"\s+")
_PUNCTUATION: Final = frozenset(" -_.")
# Letters, digits and the marks that belong to them: vowel signs of Indic scripts, for instance.
_CATEGORIES: Final = frozenset("LNM")


@dataclass(frozen=True, slots=True)
class NewTag:
    """What a body says of a tag; empty for what it does not say."""

    name: str = ""
    color: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class TagChanges:
    """The ids of tags that links are to get and to lose."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


def normalised(text: str) -> str:
    """Return a tag's name as it is kept: without outer, control and repeated white space, in lower case."""
    spaced = _SPACES.sub(" ", text).strip()
    return "".join(letter for letter in spaced if unicodedata.category(letter) != "Cc").casefold()


def new_tag(request: tag_service_pb2.CreateTagRequest) -> NewTag:
    """Parse the body of a create call; raise Refusal, 422, for what will not do."""
    tag = change(request)
    if not tag.name:
        raise unprocessable("name", "name is required")
    return tag


def change(request: tag_service_pb2.CreateTagRequest) -> NewTag:
    """Parse the body of an update call; raise Refusal, 422, for what will not do."""
    if values.is_given(request, "icon") and json_values.is_null(request.icon):
        raise unprocessable("icon", "icon cannot be null; every tag has one")
    color, icon = values.text(request.color, "color"), values.text(request.icon, "icon")
    if color and color not in palette.COLORS:
        raise unprocessable("color", f"color must be one of: {', '.join(palette.COLORS)}")
    if icon and icon not in palette.ICONS:
        raise unprocessable("icon", "icon is not one of the known icons")
    if not values.is_given(request, "name") or json_values.is_null(request.name):
        return NewTag("", color, icon)
    return NewTag(_name(values.text(request.name, "name")), color, icon)


def tag_ids(value: Value, name: str = "tag_ids", *, most: int = MOST_ON_LINK) -> tuple[str, ...] | None:
    """Parse a list of ids of tags, each once; None for null; raise Refusal, 422, for what is none."""
    if json_values.is_null(value):
        return None
    found = tuple(dict.fromkeys(text.lower() for text in values.texts(value, name)))
    if any(not ids.is_id(text) for text in found):
        raise unprocessable(name, "Invalid tag id format")
    if len(found) > most:
        raise unprocessable(name, f"at most {most} tags per link")
    return found


def tag_changes(request: bulk_service_pb2.BulkRequest) -> TagChanges:
    """Parse what a bulk call adds and removes; raise Refusal, 422, for neither, and for a tag that is in both."""
    add = tag_ids(request.add, "add") or ()
    remove = tag_ids(request.remove, "remove", most=_MOST_NAMED) or ()
    if not add and not remove:
        raise unprocessable("add", "add or remove must name at least one tag")
    if both := set(add) & set(remove):
        raise unprocessable("add", f"tags cannot be both added and removed: {', '.join(sorted(both))}")
    return TagChanges(add, remove)


def _name(text: str) -> str:
    name = normalised(text)
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise unprocessable("name", f"name must have 1 to {_LONGEST_NAME} characters")
    if any(letter not in _PUNCTUATION and unicodedata.category(letter)[0] not in _CATEGORIES for letter in name):
        raise unprocessable("name", "name may have letters, digits, spaces, '-', '_' and '.' only")
    return name
