"""From the parameters of Bitly's metrics calls to ours."""

from datetime import UTC, datetime

import pytest

from gateway.compat.bitly.errors import Failure
from gateway.compat.bitly.statistics import parse
from gateway.compat.bitly.statistics.windows import ALL, Unit
from linkmeter.compat.bitly.v3 import bitly_pb2

NOW = datetime(2013, 2, 8, 19, 19, 17, tzinfo=UTC)


def metrics(**fields: str) -> parse.MetricsQuery:
    return parse.metrics(bitly_pb2.LinkMetricsRequest(**fields), NOW)


def refused(**fields: str) -> str:
    with pytest.raises(Failure) as caught:
        metrics(**fields)
    assert caught.value.status_code == 500
    return caught.value.status_txt


def test_defaults() -> None:
    """Without parameters: all days of New York, as one number, a hundred rows, until now."""
    query = metrics()
    assert (query.window.unit, query.window.units, query.window.zone.name) == (Unit.DAY, ALL, "America/New_York")
    assert (query.rollup, query.limit, query.reference_ts) == (True, 100, None)
    assert query.window.reference == NOW


@pytest.mark.parametrize("unit", ["minute", "hour", "day", "week", "month", "mweek", "DAY"])
def test_units_are_echoed_as_written(unit: str) -> None:
    """The older mweek is a week, and is answered as mweek."""
    query = metrics(unit=unit)
    assert query.window.unit_name == unit.lower()
    assert query.window.unit is (Unit.WEEK if unit == "mweek" else Unit(unit.lower()))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"unit": "year"}, "INVALID_ARG_UNIT"),
        ({"units": "0"}, "INVALID_ARG_UNITS"),
        ({"units": "-2"}, "INVALID_ARG_UNITS"),
        ({"units": "five"}, "INVALID_ARG_UNITS"),
        ({"units": "1.5"}, "INVALID_ARG_UNITS"),
        ({"unit": "minute", "units": "61"}, "INVALID_ARG_UNITS"),
        ({"unit": "minute", "unit_reference_ts": "1360351157"}, "INVALID_ARG_UNIT"),
        ({"timezone": "Mars/Phobos"}, "INVALID_ARG_TIMEZONE"),
        ({"timezone": "15"}, "INVALID_ARG_TIMEZONE"),
        ({"timezone": "-14.5"}, "INVALID_ARG_TIMEZONE"),
        ({"timezone": "../../etc/passwd"}, "INVALID_ARG_TIMEZONE"),
        ({"tz_offset": "99"}, "INVALID_ARG_TZ_OFFSET"),
        ({"rollup": "maybe"}, "INVALID_ARG_ROLLUP"),
        ({"limit": "0"}, "INVALID_ARG_LIMIT"),
        ({"limit": "1001"}, "INVALID_ARG_LIMIT"),
        ({"limit": "all"}, "INVALID_ARG_LIMIT"),
        ({"unit_reference_ts": "yesterday"}, "INVALID_ARG_UNIT_REFERENCE_TS"),
        ({"unit_reference_ts": "-1"}, "INVALID_ARG_UNIT_REFERENCE_TS"),
        ({"unit_reference_ts": "1360351157000"}, "INVALID_ARG_UNIT_REFERENCE_TS"),
        ({"unit_reference_ts": "٣"}, "INVALID_ARG_UNIT_REFERENCE_TS"),
    ],
)
def test_wrong_parameters_are_named(fields: dict[str, str], text: str) -> None:
    """Each refusal is INVALID_ARG_ and the parameter."""
    assert refused(**fields) == text


def test_sixty_minutes_are_fine() -> None:
    """The bound of minutes is inclusive, and now is no reference in their way."""
    query = metrics(unit="minute", units="60", unit_reference_ts="now")
    assert query.window.units == 60
    assert query.reference_ts is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"timezone": "-5"}, "-05:00"),
        # What a plus sign becomes in a query.
        ({"timezone": " 9"}, "+09:00"),
        ({"timezone": "+14"}, "+14:00"),
        ({"timezone": "0"}, "UTC"),
        ({"timezone": "5.5"}, "+05:30"),
        ({"timezone": "Etc/GMT"}, "Etc/GMT"),
        ({"tz_offset": "-12"}, "-12:00"),
        ({"tz_offset": "Europe/Berlin"}, "Europe/Berlin"),
        ({"timezone": "1", "tz_offset": "2"}, "+01:00"),
    ],
)
def test_zones_are_offsets_or_names(fields: dict[str, str], name: str) -> None:
    """Both spellings of the parameter take both kinds; the newer one wins."""
    assert metrics(**fields).window.zone.name == name


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("1", True), ("false", False), ("", True)])
def test_flags_as_languages_write_them(text: str, value: bool) -> None:
    """Python's True and False are understood."""
    assert metrics(rollup=text).rollup is value


def test_reference_is_epoch_seconds() -> None:
    """Fractions, which some clients send, are cut off."""
    assert metrics(unit_reference_ts="1360351157.9").reference_ts == 1360351157
