"""When an older link serves as well as a new one."""

from collections.abc import Iterable
from typing import Final

from services.common.errors import InvalidArgument
from services.links.domain.link import LinkDraft

# Fields in which a found link may differ from the wanted one, when the caller says so. The others say who gets where.
MAY_DIFFER: Final = frozenset(
    {"title", "tags", "redirect_status", "note", "private_stats", "block_bots", "expired_destination", "indexable"}
)


def is_shareable(draft: LinkDraft) -> bool:
    """Return whether one link can serve all who ask for it: none has a password or follows of its own."""
    return not draft.password and not draft.fields.max_clicks


def checked_differences(paths: Iterable[str]) -> frozenset[str]:
    """Return the fields in which a found link may differ; InvalidArgument when one has to be as asked."""
    named = frozenset(paths)
    for path in sorted(named - MAY_DIFFER):
        raise InvalidArgument("may_differ", f"{path} has to be as asked")
    return named
