"""Tell the clicks that can be stored from those that must be set aside."""

from datetime import UTC, datetime, timedelta
from typing import Final

from services.analytics.domain.click import Fault, RecordedClick

# Nothing of ours existed before; and a clock that runs a day fast is broken.
_FIRST_TIME: Final = datetime(2020, 1, 1, tzinfo=UTC)
_FAST_CLOCK: Final = timedelta(days=1)
_LARGEST_ID: Final = 2**63 - 1
_HTTP_STATUSES: Final = range(100, 600)


def fault_of(click: RecordedClick, now: datetime) -> Fault | None:
    """Answer why a click cannot be stored; None when it can."""
    if not 0 < click.link_id <= _LARGEST_ID or click.owner_id <= 0:
        return Fault.NO_LINK
    if not _FIRST_TIME <= click.time <= now + _FAST_CLOCK:
        return Fault.ABSURD_TIME
    if click.http_status not in _HTTP_STATUSES:
        return Fault.BAD_VALUE
    if any("\0" in text for text in _texts(click)):
        return Fault.NUL_IN_TEXT
    return None


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
    )
