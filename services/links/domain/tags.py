"""Tags: names that links carry, with how they look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.common.errors import InvalidArgument
from services.links.domain.link import MAX_TAG
from services.links.domain.text import has_control_characters

# For each owner; they are listed all at once.
MOST_TAGS: Final = 500
# Names without a tag that are listed, and names that are merged at once.
MOST_BARE: Final = 1000
MOST_MERGED: Final = 100
MAX_COLOR: Final = 32
MAX_ICON: Final = 64
CHANGEABLE: Final = frozenset({"name", "color", "icon"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFields:
    """What owners say of a tag."""

    name: str
    color: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag of an owner; with the id 0 and without a time, a name that links carry without one."""

    tag_id: int
    fields: TagFields
    create_time: datetime | None
    update_time: datetime | None
    # How many of the owner's links carry it; 0 where nobody has counted.
    link_count: int = 0


def check(fields: TagFields) -> None:
    """Raise InvalidArgument for fields that no tag can have."""
    if not 1 <= len(fields.name) <= MAX_TAG or has_control_characters(fields.name):
        raise InvalidArgument("tag.name", f"must have 1 to {MAX_TAG} characters, no control characters")
    for name, text, most in (("tag.color", fields.color, MAX_COLOR), ("tag.icon", fields.icon, MAX_ICON)):
        if len(text) > most or has_control_characters(text):
            raise InvalidArgument(name, f"must have at most {most} characters, no control characters")


def check_merge(names: Collection[str], into: str) -> None:
    """Raise InvalidArgument for names that cannot be merged into one."""
    if not 1 <= len(names) <= MOST_MERGED:
        raise InvalidArgument("names", f"must be 1 to {MOST_MERGED}")
    if into in names:
        raise InvalidArgument("into", "must not be one of the names that end")
    if not 1 <= len(into) <= MAX_TAG or has_control_characters(into):
        raise InvalidArgument("into", f"must have 1 to {MAX_TAG} characters, no control characters")


def check_mask(paths: frozenset[str]) -> None:
    """Raise InvalidArgument for a mask that names anything but what can be changed."""
    if unknown := sorted(paths - CHANGEABLE):
        raise InvalidArgument("update_mask", f"cannot change {', '.join(unknown)}")
