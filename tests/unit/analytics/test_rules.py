"""Faults, the ledger, page tokens, queries and settings."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkmeter.analytics.v1 import stats_service_pb2 as pb
from services.analytics.domain.buckets import Bucket
from services.analytics.domain.click import Fault, RecordedClick
from services.analytics.domain.countries import country_name
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.ledger import SourceState, entry_of, total_of
from services.analytics.domain.page_token import Cursor, PageTokens
from services.analytics.domain.query import Audience, Metric, Order
from services.analytics.domain.text import clean, cut
from services.analytics.domain.validation import fault_of
from services.analytics.domain.visitors import IpStorage, KeyRotation
from services.analytics.geo_files import open_databases
from services.analytics.settings import read_settings
from services.analytics.store.dimensions import COLUMNS, ROLLED
from services.common.errors import InvalidArgument
from services.runtime.settings import SettingsError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLICK = RecordedClick(
    time=NOW, link_id=1, owner_id=1, domain_id=1, domain="lm.example", code="abc", destination="https://a.example/",
    http_status=302, method="GET", scheme="https", ip="192.0.2.1", user_agent="", referrer="", accept_language="",
    query="", purpose="", variant="", latency_us=1,
)  # fmt: skip
COUNTS = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"link_id": -1}, Fault.NO_LINK),
        ({"owner_id": 0}, Fault.NO_LINK),
        ({"link_id": 0}, None),
        ({"link_id": 0, "owner_id": 0}, None),
        ({"link_id": 0, "owner_id": -1}, Fault.NO_LINK),
        ({"link_id": 0, "domain": ""}, Fault.NO_LINK),
        ({"time": datetime(1970, 1, 1, tzinfo=UTC)}, Fault.ABSURD_TIME),
        ({"time": datetime(2013, 2, 8, tzinfo=UTC)}, None),
        ({"time": NOW + timedelta(hours=23)}, None),
        ({"time": NOW + timedelta(hours=25)}, Fault.ABSURD_TIME),
        ({"http_status": 0}, Fault.BAD_VALUE),
        ({"http_status": 70_000}, Fault.BAD_VALUE),
        ({"user_agent": "a\0b"}, Fault.NUL_IN_TEXT),
        ({"referrer": "\0"}, Fault.NUL_IN_TEXT),
    ],
)
def test_faults_are_found(changes: dict[str, object], fault: Fault | None) -> None:
    assert fault_of(replace(CLICK, **changes), NOW) is fault  # type: ignore[arg-type]


@given(stored=COUNTS, set_aside=COUNTS, missing=COUNTS, pending=COUNTS, dropped=st.dictionaries(st.text(), COUNTS))
def test_what_was_accepted_is_accounted_for(
    stored: int, set_aside: int, missing: int, pending: int, dropped: dict[str, int]
) -> None:
    """All that the outbox numbered or dropped is stored, set aside, pending or dropped with a reason."""
    mark = stored + set_aside + missing
    state = SourceState(
        source=uuid4(), last_report_time=NOW, mark=mark, stored=stored, set_aside=set_aside, missing=missing,
        last_sequence=mark + pending, oldest_pending_time=NOW - timedelta(seconds=5), dropped=dropped,
    )  # fmt: skip
    entry = entry_of(state)
    assert entry.accepted == mark + pending + sum(dropped.values())
    assert (entry.pending, entry.lag) == (pending, timedelta(seconds=5))
    assert Counter(entry.dropped) == Counter(dropped) + Counter(missing=missing)
    total = total_of([entry, entry])
    assert (total.accepted, total.lag, total.source) == (2 * entry.accepted, entry.lag, "")


def test_the_total_of_no_outbox_is_nothing() -> None:
    total = total_of([])
    assert (total.accepted, total.last_report_time) == (0, None)


def test_page_tokens_come_back_and_nothing_else_is_taken() -> None:
    """Bent, cut, of another selection or under another key: refused."""
    tokens, cursor = PageTokens(b"k" * 32), Cursor(NOW + timedelta(microseconds=7), uuid4(), 42)
    token = tokens.write(cursor, "all")
    assert tokens.read(token, "all") == cursor
    assert tokens.read("", "all") is None
    bent = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    for wrong, selection, reader in [
        (bent, "all", tokens),
        (token[:-4], "all", tokens),
        (token, "some", tokens),
        (token, "all", PageTokens(b"x" * 32)),
        ("%%%", "all", tokens),
    ]:
        with pytest.raises(InvalidArgument):
            reader.read(wrong, selection)


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix"),
    [(Dimension, pb.Dimension, "DIMENSION"), (Metric, pb.Metric, "METRIC"), (Bucket, pb.Bucket, "BUCKET"),
     (Order, pb.Order, "ORDER")],
)  # fmt: skip
def test_numbers_are_the_contracts(ours: type, theirs: object, prefix: str) -> None:
    """Enums are converted by number, so these must agree."""
    contract = {name: number for name, number in theirs.items() if number}  # type: ignore[attr-defined]
    assert {f"{prefix}_{member.name}": member.value for member in ours if member.value} == contract  # type: ignore[attr-defined]


def test_every_dimension_has_its_column_and_all_but_the_link_a_rollup() -> None:
    assert COLUMNS.keys() == set(Dimension)
    assert ROLLED.keys() == set(Dimension) - {Dimension.LINK}


def test_nobody_sees_everybodys_clicks() -> None:
    with pytest.raises(ValueError, match="an owner or a link"):
        Audience()


def test_countries_have_english_names() -> None:
    assert (country_name("IN"), country_name("US"), country_name("ZZ"), country_name("")) == (
        "India",
        "United States",
        "ZZ",
        "",
    )


@given(text=st.text(), most=st.integers(0, 50))
def test_cutting_keeps_within_bytes_and_within_characters(text: str, most: int) -> None:
    found = cut(text, most)
    assert len(found.encode()) <= most
    assert text.startswith(found)


def test_cleaning_drops_what_no_column_takes() -> None:
    assert clean(" a\0b\nc ", 100) == "ab c"


REQUIRED = {
    "LINKMETER_LISTEN": "127.0.0.1:0",
    "LINKMETER_POSTGRES_URL": "postgresql://user:word@127.0.0.1/db",
    "LINKMETER_SECRET": "s" * 32,
}


def test_settings_have_useful_defaults_and_show_no_secrets() -> None:
    settings = read_settings(REQUIRED)
    assert (settings.ip_storage, settings.visitor_key_rotation) == (IpStorage.FULL, KeyRotation.NEVER)
    assert "word" not in repr(settings)
    assert "sss" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINKMETER_LISTEN", ""),
        ("LINKMETER_LISTEN", "nowhere"),
        ("LINKMETER_POSTGRES_URL", ""),
        ("LINKMETER_SECRET", "short"),
        ("LINKMETER_IP_STORAGE", "some"),
        ("LINKMETER_VISITOR_KEY_ROTATION", "hourly"),
        ("LINKMETER_COLUMN_CACHE_MIB", "-1"),
        ("LINKMETER_GEOIP_DB", "/does/not/exist.mmdb"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({**REQUIRED, name: value})


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "geo.mmdb"
    path.write_text("hello")
    with pytest.raises(SettingsError, match="LINKMETER_GEOIP_DB"):
        open_databases([str(path)])
