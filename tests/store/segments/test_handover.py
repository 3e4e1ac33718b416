"""Segments as they are listed for another engine: what is there, whole and of one state, and nothing that is erased."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.analytics.domain.query import Audience
from services.analytics.handover.listing import ErasuresPending, release, take_listing
from services.analytics.handover.manifest import manifest_of, path_of, paths_of
from services.analytics.segments.files import SegmentFile
from services.analytics.segments.layout import Kind
from tests.support.clicks import LINK, OWNER, click
from tests.support.engine import Engine
from tests.support.handover import NOW, erase, listed, run_command

JANUARY = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
FEBRUARY = JANUARY + timedelta(minutes=2)


def about(path: Path) -> tuple[int, str]:
    """Return a file's size and digest."""
    content = path.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()


@pytest.fixture
async def engine(engine: Engine) -> Engine:
    """Lend an engine with a click in January and two in February, settled, and one that is not."""
    await engine.store([click(JANUARY), click(FEBRUARY), click(FEBRUARY, link_id=LINK + 1)], NOW)
    await engine.settle()
    await engine.store([click(FEBRUARY)], NOW)
    return engine


async def test_the_command_lists_what_is_there(engine: Engine, analytics_database: str, tmp_path: Path) -> None:
    """Each file with its size and digest, each segment with its month and clicks, and what is in none of them."""
    manifest = listed(analytics_database, tmp_path / "segments")
    assert manifest["format"] == 1
    assert [(each["month"], each["rows"], each["erased"]) for each in manifest["segments"]] == [
        ("2026-01", 1, []),
        ("2026-02", 2, []),
    ]
    for segment in manifest["segments"]:
        assert set(segment["files"]) == {str(kind) for kind in Kind if kind is not Kind.DAILY}
        for file in segment["files"].values():
            assert (file["bytes"], file["sha256"]) == about(Path(file["path"]))
    first, second = (each["first_time"] for each in manifest["segments"])
    assert [datetime.fromisoformat(time) for time in (first, second)] == [JANUARY, FEBRUARY]
    assert list(manifest["settled"].values()) == [3]
    assert sorted(manifest["stored"].values()) == [1, 3]
    assert (manifest["newest_clicks"], manifest["raw_since"], manifest["pin"]) == (1, None, None)
    assert await engine.pool.fetchval("SELECT count(*) FROM pins") == 0


async def test_the_command_writes_a_path_a_line(engine: Engine, analytics_database: str, tmp_path: Path) -> None:
    """Of clicks, or of another kind; how complete they are is told beside."""
    folder = tmp_path / "segments"
    names = [segment["name"] for segment in manifest_of(await take_listing(engine.pool), str(folder))["segments"]]
    for options, kind in [((), "clicks"), (("--kind", "owner_daily"), "owner_daily")]:
        ended = run_command(analytics_database, folder, "--format", "paths", *options)
        assert ended.stdout.splitlines() == [str(folder / name / f"{kind}.parquet") for name in names]
        assert "2 segments of 3 clicks; 1 newer clicks are in none yet" in ended.stderr


async def test_a_segment_that_was_replaced_is_not_listed(engine: Engine) -> None:
    await engine.pool.execute("UPDATE segments SET retired_time = now() WHERE month = '2026-01-01'")
    listing = await take_listing(engine.pool)
    assert [segment.month.month for segment in listing.segments] == [2]


async def test_raw_clicks_that_were_dropped_are_not_listed(engine: Engine) -> None:
    """Their sums are; since when there are raw clicks is told."""
    january, _ = await engine.segments()
    await engine.rewriting.rewrite([january], keep_clicks=False)
    await engine.pool.execute("INSERT INTO retention (raw_since) VALUES ('2026-02-01Z')")
    listing = await take_listing(engine.pool)
    manifest = manifest_of(listing, "/srv/segments")
    assert ["clicks" in segment["files"] for segment in manifest["segments"]] == [False, True]
    assert len(paths_of(listing, "/srv/segments", Kind.CLICKS)) == 1
    assert len(paths_of(listing, "/srv/segments", Kind.DAILY)) == 1
    assert len(paths_of(listing, "/srv/segments", Kind.VALUES)) == 2
    assert manifest["raw_since"] == "2026-02-01T00:00:00Z"


async def test_erased_clicks_are_refused_or_named(engine: Engine, analytics_database: str, tmp_path: Path) -> None:
    """Until they are gone from the files; where an erasure is applied already, it is not named."""
    await erase(engine.pool, OWNER, LINK)
    with pytest.raises(ErasuresPending):
        await take_listing(engine.pool, pin_for=timedelta(hours=1))
    assert await engine.pool.fetchval("SELECT count(*) FROM pins") == 0
    for form in ("json", "paths"):
        refused = run_command(analytics_database, tmp_path / "segments", "--format", form)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "2 segments still hold clicks of 1 erased links" in refused.stderr
    await engine.pool.execute("UPDATE segments SET erasures_applied = 1 WHERE month = '2026-01-01'")
    manifest = listed(analytics_database, tmp_path / "segments", "--erased", "name")
    assert [segment["erased"] for segment in manifest["segments"]] == [[], [{"owner_id": OWNER, "link_id": LINK}]]
    await engine.pool.execute("UPDATE segments SET erasures_applied = 1")
    assert len((await take_listing(engine.pool)).segments) == 2


async def test_an_undone_import_is_refused_whatever_is_asked_for(
    engine: Engine, analytics_database: str, tmp_path: Path
) -> None:
    """No reader could leave it out of sums; where raw clicks are gone, nothing of it can be."""
    source = await engine.pool.fetchval("SELECT source FROM sources LIMIT 1")
    await engine.erasure.of_source(Audience(owner_id=OWNER), source, "import", NOW)
    for erased in ("refuse", "name"):
        refused = run_command(analytics_database, tmp_path / "segments", "--erased", erased)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "clicks of imports that were undone" in refused.stderr
        assert "--erased name" not in refused.stderr
    await engine.pool.execute("UPDATE segments SET sources_erased = 1 WHERE has_clicks")
    assert (await take_listing(engine.pool)).segments


async def test_nothing_is_listed_while_clicks_are_converted(
    engine: Engine, analytics_database: str, tmp_path: Path
) -> None:
    """Some are in no segment yet, and nothing would tell which."""
    await engine.pool.execute("INSERT INTO conversion (part) VALUES ('clicks_2026_01')")
    refused = run_command(analytics_database, tmp_path / "segments", "--pin-hours", "1")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "being converted" in refused.stderr
    assert await engine.pool.fetchval("SELECT count(*) FROM pins") == 0


async def test_a_pin_keeps_files_until_its_end_or_until_it_is_released(
    engine: Engine, analytics_database: str, tmp_path: Path
) -> None:
    """Pins of others are not released."""
    pin = listed(analytics_database, tmp_path / "segments", "--pin-hours", "24")["pin"]
    (row,) = await engine.pool.fetch("SELECT id, ends, ends - now() AS remaining FROM pins")
    assert (row["id"], row["ends"]) == (pin["id"], datetime.fromisoformat(pin["ends"]))
    assert timedelta(hours=23) < row["remaining"] <= timedelta(hours=24)
    other = await engine.pool.fetchval("INSERT INTO pins (reason, ends) VALUES ('backup', now()) RETURNING id")
    await release(engine.pool, other)
    ended = run_command(analytics_database, tmp_path / "segments", "--release", str(pin["id"]))
    assert (ended.returncode, ended.stdout) == (0, "")
    assert [row["id"] for row in await engine.pool.fetch("SELECT id FROM pins")] == [other]


@pytest.mark.parametrize(
    "options", [("--pin-hours", "169"), ("--pin-hours", "-1"), ("--format", "paths", "--erased", "name"), ("more",)]
)
def test_nonsense_is_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    """Before anything is asked of PostgreSQL."""
    ended = run_command("postgresql://nobody@127.0.0.1:1/none", tmp_path, *options)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "usage" in ended.stderr


def test_a_database_that_is_away_is_told_in_a_line(tmp_path: Path) -> None:
    ended = run_command("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1].startswith("analytics: the database is not available")


def test_files_in_a_bucket_have_urls() -> None:
    file = SegmentFile("abc/clicks.parquet", 1, "0" * 64)
    assert path_of("s3://bucket/some/prefix/", file) == "s3://bucket/some/prefix/abc/clicks.parquet"
    assert path_of("/srv/segments", file) == "/srv/segments/abc/clicks.parquet"


async def test_a_manifest_without_segments_is_one(analytics_database: str, tmp_path: Path) -> None:
    manifest = listed(analytics_database, tmp_path / "segments")
    assert (manifest["segments"], manifest["settled"], manifest["newest_clicks"]) == ([], {}, 0)
    assert json.dumps(manifest["kinds"]["visitors"]["columns"]) == '{"visitor_hash": "BIGINT", "visitor": "INTEGER"}'
