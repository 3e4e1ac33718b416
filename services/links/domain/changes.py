"""Changes to a link: which fields, to what."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.common.errors import Aborted, InvalidArgument
from services.links.domain import link as links
from services.links.domain.link import Link, LinkFields
from services.links.domain.passwords import StoredPassword

# The fields that an update mask may name.
CHANGEABLE: Final = frozenset({*links.LINK_FIELDS, "one_time", "password"})
_IMMUTABLE: Final = frozenset({"domain", "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """What an update asks for; only the named fields of `values` count."""

    named: frozenset[str]
    values: LinkFields
    one_time: bool = False
    # Counts when `named` holds it; None takes the password away.
    password: StoredPassword | None = None
    # When not empty, the change is for this revision of the link alone.
    etag: str = ""
    # When not empty, the client believes that the link has these.
    domain: str = ""
    code: str = ""


def check_mask(paths: frozenset[str]) -> None:
    """Raise InvalidArgument for an update mask with a field that no update can change."""
    for path in sorted(paths - CHANGEABLE):
        problem = "cannot be changed" if path in _IMMUTABLE else "names no field that can be changed"
        raise InvalidArgument("update_mask", f"{path} {problem}")


def apply(change: LinkChange, before: Link, now: datetime) -> Link:
    """Return the link after a change: its next revision, or the same when nothing differs.

    Raises Aborted when the change is for another revision, InvalidArgument when the link would break its bounds.
    """
    if change.etag and change.etag != before.etag:
        raise Aborted("the link was changed meanwhile: read it again and repeat the change")
    for name, believed, actual in (("domain", change.domain, before.host), ("code", change.code, before.code)):
        if believed and believed != actual:
            raise InvalidArgument(f"link.{name}", "cannot be changed")
    plain = change.named - {"max_clicks", "one_time", "password"}
    fields = replace(before.fields, **{name: getattr(change.values, name) for name in plain})
    fields = replace(fields, max_clicks=_limit_after(change, before.fields.max_clicks))
    links.check_fields(fields, now, before.fields)
    password = change.password if "password" in change.named else before.password
    if fields == before.fields and password == before.password:
        return before
    # What was followed without limit does not count against a later one.
    consumed = before.consumed_clicks if fields.max_clicks else 0
    return before.changed(now, fields=fields, password=password, consumed_clicks=consumed)


def _limit_after(change: LinkChange, before: int) -> int:
    asked = change.values.max_clicks
    if "max_clicks" in change.named:
        return links.follow_limit(max_clicks=asked, one_time=change.one_time and "one_time" in change.named)
    if "one_time" not in change.named:
        return before
    if change.one_time:
        return 1
    return 0 if before == 1 else before
