"""What the programs of a local run are told."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from deploy.local.addresses import Addresses
from deploy.local.parts import Context, Part, migration, service_parts
from deploy.local.settings import read
from deploy.local.stack import STOP_ORDER
from services.analytics.settings import SegmentSettings, read_settings, read_settle_settings

DATABASE = "postgresql://linkmeter@localhost/linkmeter"


def parts(folder: Path, **variables: str) -> dict[str, Part]:
    """Describe the programs of a data directory."""
    context = Context(
        settings=read({"LINKMETER_DATA_DIR": str(folder), **variables}),
        addresses=Addresses.in_folder(Path("/run/linkmeter")),
        secret="s" * 43,
        postgres_url=DATABASE,
        redis_url="redis://localhost",
        outbox=folder / "outbox",
        cache=folder / "cache",
        api_key="",
        inherited_files=(),
    )
    return {part.name: part for part in service_parts(context)}


def environment(part: Part) -> Mapping[str, str]:
    """Return what a program is told."""
    return part.command.environment or {}


@pytest.mark.parametrize("location", ["", "s3://clicks/here"])
def test_who_settles_and_who_answers_use_the_same_segments(tmp_path: Path, location: str) -> None:
    """What one writes the other reads; both keep what may be lost apart from what may not."""
    told = parts(tmp_path, LINKMETER_SEGMENTS=location)
    answering, settling = (
        read_settings(environment(told["analytics"])),
        read_settle_settings(environment(told["settle"])),
    )
    assert answering.segments == settling.segments
    assert answering.postgres_url == settling.postgres_url == DATABASE
    assert settling.segments == SegmentSettings(
        location=location or str(tmp_path / "segments"),
        cache_folder=tmp_path / "cache" / "linkmeter-segments",
        cache_mib=10_240,
    )


def test_settling_is_told_no_secret_and_listens_for_nobody(tmp_path: Path) -> None:
    """It serves metrics only, and hashes nothing."""
    told = environment(parts(tmp_path)["settle"])
    ours = {name for name in told if name.startswith("LINKMETER_")}
    assert ours == {
        "LINKMETER_METRICS_LISTEN",
        "LINKMETER_POSTGRES_URL",
        "LINKMETER_SEGMENTS",
        "LINKMETER_SEGMENT_CACHE_DIR",
    }


def test_settings_of_settling_reach_it(tmp_path: Path) -> None:
    """What the operator says of its memory, of files and of retention."""
    given = {
        "LINKMETER_CLICK_RETENTION_MONTHS": "3",
        "LINKMETER_SEGMENT_CACHE_MIB": "500",
        "LINKMETER_SETTLE_MEMORY_MIB": "600",
    }
    settings = read_settle_settings(environment(parts(tmp_path, **given)["settle"]))
    assert (settings.memory_mib, settings.segments.cache_mib, settings.retention.click_months) == (600, 500, 3)


def test_migrating_knows_the_segments(tmp_path: Path) -> None:
    """Clicks of an earlier version may have to be moved there."""
    told = migration(parts(tmp_path)["analytics"]).environment or {}
    assert told["LINKMETER_SEGMENTS"] == str(tmp_path / "segments")


def test_redirects_come_before_clicks_and_these_before_settling(tmp_path: Path) -> None:
    """When processors are short, what nobody waits for waits."""
    niceness: Callable[[str], int] = lambda name: told[name].command.niceness  # noqa: E731
    told = parts(tmp_path)
    assert niceness("redirect") < niceness("analytics") < niceness("settle")
    assert [name for name, part in told.items() if part.command.is_batch] == ["analytics", "settle"]


def test_settling_stops_before_and_starts_after_analytics() -> None:
    """Whose tables and clicks it works on."""
    assert STOP_ORDER.index("settle") < STOP_ORDER.index("analytics") < STOP_ORDER.index("postgres")
