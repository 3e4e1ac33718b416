"""Find the clicks that cannot be stored and must be set aside."""

from datetime import UTC, datetime, timedelta
from typing import Final

from services.analytics.domain.click import ORPHAN_LINK_ID, Fault, RecordedClick

# No link on the web is older, wherever it was moved here from; and a clock that runs a day fast is broken.
_FIRST_TIME: Final = datetime(1995, 1, 1, tzinfo=UTC)
_FAST_CLOCK: Final = timedelta(days=1)
_HTTP_STATUSES: Final = range(100, 600)


def fault_of(click: RecordedClick, now: datetime) -> Fault | None:
    """Return why a click cannot be stored; None when it can."""
    if not _has_link(click) and not _is_orphan(click):
        return Fault.NO_LINK
    if not _FIRST_TIME <= click.time <= now + _FAST_CLOCK:
        return Fault.ABSURD_TIME
    if click.http_status not in _HTTP_STATUSES:
        return Fault.BAD_VALUE
    if any("\0" in text for text in _texts(click)):
        return Fault.NUL_IN_TEXT
    return None


def _has_link(click: RecordedClick) -> bool:
    return click.link_id > 0 and click.owner_id > 0


def _is_orphan(click: RecordedClick) -> bool:
    """Recognise a visit that found no link; it is kept for the domain that it was on."""
    return click.link_id == ORPHAN_LINK_ID and click.owner_id >= 0 and bool(click.domain)


def _texts(click: RecordedClick) -> tuple[str, ...]:
    return (
        click.domain,
        click.code,
        click.destination,
        click.method,
        click.scheme,
        click.ip,
        click.user_agent,
        click.referrer,
        click.accept_language,
        click.query,
        click.purpose,
        click.variant,
        click.country_hint,
    )
