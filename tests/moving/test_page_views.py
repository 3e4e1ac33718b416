"""Clicks that GoatCounter or Plausible has counted."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkmeter.moving.origin import OriginClick, OriginError, Problem
from linkmeter.moving.origins.page_views import GoatCounter, Plausible

SAMPLES = Path(__file__).parent / "samples"


def test_the_export_of_goatcounter(tmp_path: Path) -> None:
    path = tmp_path / "goatcounter-export.csv.gz"
    path.write_bytes(gzip.compress((SAMPLES / "goatcounter.csv").read_bytes()))
    origin = GoatCounter(clicks=path, domain="s.example", path_prefix="go")
    items = list(origin.clicks())
    clicks = [item for item in items if isinstance(item, OriginClick)]
    assert [(x.place, x.code, x.referrer, x.country, x.user_agent[:11]) for x in clicks] == [
        ("line 3", "try", "", "US", "Mozilla/5.0"),
        ("line 2", "try", "https://www.example.org/page", "DE", ""),
        ("line 7", "été", "", "", "curl/8.8.0"),
    ]
    assert clicks[0].time == datetime(2024, 5, 1, 9, tzinfo=UTC)
    assert [item.message for item in items if isinstance(item, Problem)] == [
        "This view is left out: '0001-01-01T00:00:00Z' is before 1995.",
        "1 rows are left out: bots without a user agent.",
        "1 rows are left out: events, which are no views.",
        "1 rows are left out: paths that do not begin with /go/.",
    ]
    assert (list(origin.links()), origin.count_links(), origin.count_clicks()) == ([], 0, 3)
    assert origin.identity == "goatcounter:s.example/go/"


def test_the_first_version_of_goatcounters_export() -> None:
    (click,) = GoatCounter(clicks=SAMPLES / "goatcounter1.csv").clicks()
    assert isinstance(click, OriginClick)
    assert (click.code, click.referrer, click.country) == ("try", "https://www.example.org/", "FR")


def test_a_version_of_goatcounters_export_that_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text((SAMPLES / "goatcounter.csv").read_text().replace("2Path", "3Path", 1))
    with pytest.raises(
        OriginError, match=r"no export of goatcounter: Path missing\. The columns of new.csv: 3Path, Title"
    ):
        GoatCounter(clicks=path)


def test_events_of_plausible() -> None:
    origin = Plausible(clicks=SAMPLES / "plausible.csv")
    items = list(origin.clicks())
    assert [(x.domain, x.code, x.time.day, x.referrer, x.country) for x in items if isinstance(x, OriginClick)] == [
        ("s.example", "a/b", 1, "", ""),
        ("s.example", "try", 2, "https://www.example.org/page", "DE"),
    ]
    assert [x.message for x in items if isinstance(x, Problem)] == ["1 rows are left out: events, which are no views."]
    assert (list(origin.links()), origin.count_clicks()) == ([], 2)


def test_sums_of_plausible_do_not_become_clicks() -> None:
    with pytest.raises(OriginError, match=r"holds sums of days, not single views.*FORMAT CSVWithNames"):
        Plausible(clicks=SAMPLES / "plausible-pages.csv")


def test_another_file_is_no_export_of_plausible() -> None:
    with pytest.raises(OriginError, match="no export of plausible: timestamp, name, pathname missing"):
        Plausible(clicks=SAMPLES / "shlink.csv")
