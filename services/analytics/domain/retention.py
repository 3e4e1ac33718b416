"""How long clicks are kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Months of raw clicks and days of rows that were set aside; 0 is for ever."""

    click_months: int = 0
    set_aside_days: int = 0

    @property
    def is_for_ever(self) -> bool:
        """True when nothing is ever dropped."""
        return not self.click_months and not self.set_aside_days

    def raw_since(self, now: datetime) -> datetime | None:
        """Return the start of the UTC month before which raw clicks are dropped; None when none are."""
        if not self.click_months:
            return None
        today = now.astimezone(UTC)
        year, month = divmod(today.year * 12 + today.month - 1 - self.click_months, 12)
        return datetime(year, month + 1, 1, tzinfo=UTC) if year > 0 else None

    def set_aside_since(self, now: datetime) -> datetime | None:
        """Return the time before which clicks that were set aside are dropped; None when none are."""
        return now - timedelta(days=self.set_aside_days) if self.set_aside_days else None
