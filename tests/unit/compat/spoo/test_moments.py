"""Moments as spoo.me's clients write and read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compat.spoo import moments

NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-01-01T00:00:00Z", NEW_YEAR),
        ("2025-01-01t00:00:00z", NEW_YEAR),
        ("2025-01-01T00:00:00+00:00", NEW_YEAR),
        ("2025-01-01T00:00:00 00:00", NEW_YEAR),
        ("2025-01-01T05:30:00 05:30", NEW_YEAR),
        ("2025-01-01T05:30:00+0530", NEW_YEAR),
        ("2025-01-01T00:00:00", NEW_YEAR),
        ("2025-01-01 00:00", NEW_YEAR),
        ("2025-01-01", NEW_YEAR),
        ("20250101", NEW_YEAR),
        ("2025-W01", NEW_YEAR - timedelta(days=2)),
        ("1735689600", NEW_YEAR),
        ("1735689600.5", NEW_YEAR + timedelta(milliseconds=500)),
        ("1735689600000", NEW_YEAR),
        (" 1735689600 ", NEW_YEAR),
        ("99999999", datetime(1973, 3, 3, 9, 46, 39, tzinfo=UTC)),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_iso_and_unix_are_read(text: str, moment: datetime) -> None:
    """ISO 8601 in its spellings, a plus sign that was lost among them; Unix seconds and milliseconds."""
    assert moments.parse(text) == moment


@pytest.mark.parametrize("text", ["", "soon", "2025-13-01", "1e9", "12:00", "0001-01-01", "9" * 16, "9" * 17, "NaN"])
def test_anything_else_is_no_moment(text: str) -> None:
    """Words, impossible days, years that no calendar of zones covers."""
    assert moments.parse(text) is None


@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - Hypothesis adds the zone.
def test_what_is_written_is_read_again(moment: datetime) -> None:
    """In every zone."""
    for zone in (UTC, ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")):
        assert moments.parse(moments.iso(moment, zone)) == moment


def test_utc_is_z_and_microseconds_are_written_where_there_are_some() -> None:
    """As the service of 2026 writes times."""
    assert moments.iso(NEW_YEAR) == "2025-01-01T00:00:00Z"
    assert moments.iso(NEW_YEAR + timedelta(microseconds=120000)) == "2025-01-01T00:00:00.120000Z"
    assert moments.iso(NEW_YEAR, ZoneInfo("Asia/Kolkata")) == "2025-01-01T05:30:00+05:30"
