"""The same change to many links."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.common.errors import InvalidArgument
from services.links.domain import link as links
from services.links.domain.link import MAX_TAGS, Link

MOST_LINKS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchChange:
    """What becomes of each link; None and empty leave it as it is."""

    add_tags: tuple[str, ...] = ()
    remove_tags: frozenset[str] = frozenset()
    archived: bool | None = None
    disabled: bool | None = None
    deletes: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything but deletion is asked for."""
        return bool(self.add_tags or self.remove_tags or self.archived is not None or self.disabled is not None)


def check_ids(link_ids: Sequence[int]) -> None:
    """Raise InvalidArgument for no ids, or more than are taken at once."""
    if not 1 <= len(link_ids) <= MOST_LINKS:
        raise InvalidArgument("link_ids", f"must be 1 to {MOST_LINKS}")


def check(change: BatchChange, link_ids: Sequence[int]) -> None:
    """Raise InvalidArgument for a change that no link could take, and for no ids, too many or one twice."""
    check_ids(link_ids)
    if len(set(link_ids)) < len(link_ids):
        raise InvalidArgument("link_ids", "must not repeat one another")
    if change.deletes and change.changes:
        raise InvalidArgument("delete", "does not go together with a change")
    if not (change.deletes or change.changes):
        raise InvalidArgument("", "there is nothing to do: give add_tags, remove_tags, archived, disabled or delete")
    if change.remove_tags.intersection(change.add_tags):
        raise InvalidArgument("remove_tags", "must not hold what add_tags holds")
    links.check_tags(change.add_tags, "add_tags")


def apply(change: BatchChange, before: Link, now: datetime) -> Link:
    """Return the link after a change: its next revision, or the same when nothing differs.

    Raises InvalidArgument when it would carry too many tags.
    """
    if change.deletes:
        return before.buried(now)
    kept = [tag for tag in before.fields.tags if tag not in change.remove_tags]
    tags = tuple(dict.fromkeys([*kept, *change.add_tags]))
    if len(tags) > MAX_TAGS:
        raise InvalidArgument("add_tags", f"the link would carry {len(tags)} tags, and at most {MAX_TAGS} are allowed")
    archived = before.fields.archived if change.archived is None else change.archived
    fields = replace(before.fields, tags=tags, archived=archived)
    disabled = before.disabled if change.disabled is None else change.disabled
    if fields == before.fields and disabled == before.disabled:
        return before
    return before.changed(now, fields=fields, disabled=disabled)
