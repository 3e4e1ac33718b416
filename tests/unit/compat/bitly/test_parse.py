"""From Bitly's parameters to ours."""

from datetime import UTC, datetime

import pytest

from gateway.compat.bitly import parse
from gateway.compat.bitly.errors import Refusal
from gateway.compat.bitly.parse import ShortLink
from gateway.compat.bitly.statistics.windows import ALL, Unit
from linkmeter.compat.bitly.v3 import bitly_pb2
from services.common import emoji_codes

NOW = datetime(2013, 2, 8, 19, 19, 17, tzinfo=UTC)


def metrics(**fields: str) -> parse.MetricsQuery:
    return parse.metrics(bitly_pb2.LinkMetricsRequest(**fields), NOW)


def refused(**fields: str) -> str:
    with pytest.raises(Refusal) as caught:
        metrics(**fields)
    assert caught.value.failure.status_code == 500
    return caught.value.failure.status_txt


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


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("http://bit.ly/1234", ShortLink("bit.ly", "1234")),
        ("https://BIT.ly/aBc-_9?x=1#y", ShortLink("bit.ly", "aBc-_9")),
        ("bit.ly/1234", ShortLink("bit.ly", "1234")),
        ("http://localhost:8080/1234/", ShortLink("localhost", "1234")),
        ("http://bit.ly/1234+", ShortLink("bit.ly", "1234")),
        ("http://bit.ly./1234", ShortLink("bit.ly", "1234")),
    ],
)
def test_short_links_are_host_and_code(text: str, link: ShortLink) -> None:
    """Scheme, port, query, fragment and the plus sign of the information page do not matter."""
    assert parse.link(text) == link


@pytest.mark.parametrize(
    "text", ["1234", "http://bit.ly/", "http://bit.ly/a/b", "ftp://bit.ly/1234", "http://[bad/1", "javascript:alert(1)"]
)
def test_what_is_no_short_link_is_refused(text: str) -> None:
    """The answer is the same as for a link that is not there."""
    with pytest.raises(Refusal, match="INVALID_ARG_LINK"):
        parse.link(text)


def test_link_is_required() -> None:
    """An empty link is a missing one."""
    with pytest.raises(Refusal, match="MISSING_ARG_LINK"):
        parse.link(" ")


def test_items_by_repetition_and_by_commas() -> None:
    """node-bitly repeats the parameter, hpatoio joins it by commas; the answer refers to each as it was written."""
    request = bitly_pb2.LinksRequest(short_url=["http://bit.ly/a,http://bit.ly/b", "http://bit.ly/c"], hash=["d,e"])
    found = parse.items(request)
    assert [(item.key, item.text) for item in found] == [
        ("short_url", "http://bit.ly/a"),
        ("short_url", "http://bit.ly/b"),
        ("short_url", "http://bit.ly/c"),
        ("hash", "d"),
        ("hash", "e"),
    ]
    assert found[3].link == ShortLink("", "d")


def test_no_more_than_fifteen_items() -> None:
    """Short URLs and hashes are counted together."""
    with pytest.raises(Refusal, match="INVALID_ARG_HASH"):
        parse.items(bitly_pb2.LinksRequest(short_url=["http://bit.ly/a"] * 8, hash=["b"] * 8))
    with pytest.raises(Refusal, match="MISSING_ARG_SHORTURL"):
        parse.items(bitly_pb2.LinksRequest())


def test_destinations_keep_their_commas() -> None:
    """Only a comma that another address follows parts two."""
    texts = ["http://a.example/1,2", "http://b.example/,https://c.example/?d=e,f"]
    assert parse.destinations(texts) == [
        "http://a.example/1,2",
        "http://b.example/",
        "https://c.example/?d=e,f",
    ]


def test_destination_is_the_first_that_is_given() -> None:
    """LongUrl goes before uri; both are texts of at most 2048 characters."""
    assert parse.destination("", " http://a.example/ ") == "http://a.example/"
    with pytest.raises(Refusal, match="MISSING_ARG_URI"):
        parse.destination("", "")
    with pytest.raises(Refusal, match="INVALID_URI"):
        parse.destination("http://a.example/" + "a" * 2048)


@pytest.mark.parametrize("path", ["❤", "❤️", "%E2%9D%A4%EF%B8%8F", "❤️+"])
def test_emojis_are_a_code_in_any_spelling(path: str) -> None:
    """As a short URL and as a hash."""
    code = emoji_codes.code_of("❤") or ""
    assert parse.short_link(f"https://sho.rt/{path}") == ShortLink("sho.rt", code)
    request = bitly_pb2.LinksRequest(hash=[path.removesuffix("+")])
    assert parse.item(request).link == ShortLink("", code)
