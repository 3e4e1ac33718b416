"""Whose clicks a caller may see."""

from services.analytics.domain.query import Audience
from services.common import caller
from services.common.errors import PermissionDenied, Unauthenticated
from services.runtime import caller_metadata
from services.runtime.interceptors import Context

__all__ = ["audience_of", "click_audience_of", "eraser_of", "require_admin"]


def audience_of(context: Context) -> Audience:
    """Return whose clicks the caller may read: those of the owner's links, or of the one link of an edit token.

    Raise Unauthenticated without a caller, and PermissionDenied without the scope stats:read.
    """
    known = _known(context)
    known.require(caller.STATS_READ)
    if known.link_id:
        return Audience(link_id=known.link_id)
    return Audience(owner_id=known.owner_id, sees_installation=known.may(caller.ADMIN))


def click_audience_of(context: Context) -> Audience:
    """Return whose raw clicks the caller may read: as audience_of, but not those of who may see one link's sums only.

    A click tells where its link led. Raise Unauthenticated and PermissionDenied as audience_of does, and
    PermissionDenied for who reaches one link without the scope links:read.
    """
    known = _known(context)
    if known.link_id:
        known.require(caller.LINKS_READ)
    return audience_of(context)


def eraser_of(context: Context) -> Audience:
    """Return whose clicks the caller may delete: an owner's.

    Raise Unauthenticated without a caller, and PermissionDenied without the scope links:write or for an edit token.
    """
    known = _known(context)
    known.require(caller.LINKS_WRITE)
    if not known.owner_id:
        raise PermissionDenied("an edit token does not reach statistics")
    return Audience(owner_id=known.owner_id, sees_installation=known.may(caller.ADMIN))


def require_admin(context: Context) -> None:
    """Raise PermissionDenied for everybody but administrators, and Unauthenticated without a caller."""
    _known(context).require(caller.ADMIN)


def _known(context: Context) -> caller.Caller:
    known = caller_metadata.caller_of(context)
    if known is None or not (known.owner_id > 0 or known.link_id > 0):
        raise Unauthenticated
    return known
