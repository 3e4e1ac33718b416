"""Moving in and out of the real system: each click once, whatever dies on the way, and the same numbers elsewhere."""

import asyncio
import csv
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter import Client
from linkmeter.links.v1.import_service_pb2 import Import
from linkmeter.moving.exporting.account import Account
from linkmeter.moving.importing.options import ImportFailed, ImportOptions, OnClash
from linkmeter.moving.importing.running import state_key
from linkmeter.moving.importing.server import ImportServer
from linkmeter.moving.importing.state import Outcome
from linkmeter.moving.origins.archive import ArchiveOrigin
from linkmeter.moving.origins.csv_files import CsvFiles
from linkmeter.moving.patience import PatientSender
from tests.support.command_line import CommandLine
from tests.support.moving import AGENTS, Sample, clicks_by, moving_in, statistics, write_rows, write_sample
from tests.support.people import key_of_new_owner
from tests.support.system import System, running_system
from tests.support.wait import eventually
from tests.support.warm_program import WarmProgram

# A batch and some more.
CLICKS = 7_000


@pytest.fixture
def client(system: System) -> Iterator[Client]:
    """Return a client of an account that has nothing yet."""
    with closing(Client(system.base_url, asyncio.run(key_of_new_owner(system)))) as client:
        yield client


def command_of(*arguments: str) -> list[str]:
    """Return how the program is started as a process that can be killed."""
    return [sys.executable, "-m", "linkmeter.cli", *arguments]


@pytest.fixture
def program(warm: WarmProgram, system: System, client: Client, tmp_path: Path) -> CommandLine:
    """Return the program as that account uses it."""
    key = dict(client.transport._metadata)["authorization"].removeprefix("Bearer ")  # noqa: SLF001
    return CommandLine(warm, tmp_path, {"LINKMETER_URL": system.base_url, "LINKMETER_API_KEY": key})


def test_import_that_is_killed_goes_on_and_counts_each_click_once(
    program: CommandLine, client: Client, tmp_path: Path
) -> None:
    sample = write_sample(tmp_path, clicks=CLICKS, prefix="kill")
    command = command_of("import", "csv", str(sample.links_file), "--clicks", str(sample.clicks_file))
    server = ImportServer(PatientSender(client))

    child = subprocess.Popen(command, env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    asyncio.run(eventually(lambda: any(each.acknowledged_sequence for each in server.list()), what="clicks arrive"))
    child.kill()
    child.communicate()
    (found,) = server.list()
    assert 0 < found.acknowledged_sequence < CLICKS

    done = program(*command[3:])
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["links"]["created_before"] == len(sample.links)
    assert report["clicks"] == {"read": CLICKS, "stored": CLICKS, "set_aside": 0, "unreadable": 0}
    assert clicks_by(client, "code") == sample.count("code")
    again = json.loads(program(*command[3:]).out)
    assert again["clicks"]["stored"] == CLICKS
    assert sum(clicks_by(client, "code").values()) == CLICKS


def test_statistics_are_those_of_a_naive_count(client: Client, tmp_path: Path) -> None:
    sample = write_sample(tmp_path, clicks=500, prefix="naive")
    report = moving_in(client, sample.origin(), tmp_path).run()
    assert report.is_complete
    assert not report.has_losses
    assert clicks_by(client, "code") == sample.count("code")
    names = {agent: name for name, agent in AGENTS.items()}
    counted = clicks_by(client, "browser")
    assert {names[agent]: count for agent, count in sample.count("user_agent").items()} == counted
    link = client.links.lookup("naive1")
    assert (link.title, [*link.tags]) == ("=Title of naive1", ["old", "spring"])
    assert link.create_time.ToJsonString() == "2019-02-28T00:00:00Z"


def test_origin_that_changed_is_refused(client: Client, tmp_path: Path) -> None:
    sample = write_sample(tmp_path, clicks=50, prefix="changed")
    moving_in(client, sample.origin(), tmp_path).run()
    _rewrite_clicks(sample, lambda clicks: clicks[1:])
    with pytest.raises(ImportFailed, match="does not begin with the same"):
        moving_in(client, sample.origin(), tmp_path).run()
    assert sum(clicks_by(client, "code").values()) == len(sample.clicks)
    _rewrite_clicks(sample, lambda clicks: [*clicks, {**clicks[-1], "time": "2024-01-01T00:00:00+00:00"}])
    moving_in(client, sample.origin(), tmp_path).run()
    assert sum(clicks_by(client, "code").values()) == len(sample.clicks) + 1


def test_clash_stops_everything_unless_it_is_said_what_becomes_of_it(client: Client, tmp_path: Path) -> None:
    sample = write_sample(tmp_path, links=4, clicks=40, prefix="clash")
    client.links.create("https://example.com/other", code="clash0")
    run = moving_in(client, sample.origin(), tmp_path).run()
    assert run.has_clashes
    assert run.outcomes[Outcome.CLASH] == 1
    assert run.links.clashes.reasons["CODE_TAKEN"].examples == ["line 2, code clash0: code is taken: clash0"]
    assert client.links.count() == 1

    suffixed = ImportOptions(on_clash=OnClash.SUFFIX)
    planned = moving_in(client, sample.origin(), tmp_path, options=suffixed).dry_run()
    assert client.links.count() == 1
    done = moving_in(client, sample.origin(), tmp_path, options=suffixed).run()
    assert planned.outcomes == done.outcomes
    assert (planned.clicks.stored, planned.clicks.read) == (done.clicks.stored, done.clicks.read)
    expected = sample.count("code")
    expected["clash0-2"] = expected.pop("clash0")
    assert clicks_by(client, "code") == expected
    with pytest.raises(ImportFailed, match="other choices"):
        moving_in(client, sample.origin(), tmp_path).run()


def test_skipped_link_is_left_out_with_its_clicks(client: Client, tmp_path: Path) -> None:
    sample = write_sample(tmp_path, links=4, clicks=40, prefix="skip")
    client.links.create("https://example.com/other", code="skip0")
    options = ImportOptions(on_clash=OnClash.SKIP)
    planned = moving_in(client, sample.origin(), tmp_path, options=options).dry_run()
    done = moving_in(client, sample.origin(), tmp_path, options=options).run()
    expected = sample.count("code")
    skipped = expected.pop("skip0")
    assert clicks_by(client, "code") == expected
    assert done.clicks.set_aside == skipped == planned.clicks.set_aside
    assert done.clicks.set_aside_by_reason.reasons["NO_LINK"].count == skipped


def test_undone_import_leaves_nothing_and_can_be_brought_again(
    program: CommandLine, client: Client, tmp_path: Path
) -> None:
    sample = write_sample(tmp_path, links=4, clicks=40, prefix="undo")
    first = moving_in(client, sample.origin(), tmp_path).run()
    undone = program("import", "undo", str(first.import_id), "--yes")
    assert json.loads(undone.out) == {
        "import_id": first.import_id,
        "erased_clicks": 40,
        "deleted_links": 4,
        "kept_links": 0,
    }
    assert (client.links.count(), clicks_by(client, "code").total()) == (0, 0)
    moving_in(client, sample.origin(), tmp_path).run()
    assert clicks_by(client, "code") == sample.count("code")
    listed = [json.loads(line) for line in program("import", "list").out.splitlines()]
    assert [each["state"] for each in listed] == ["finished", "undone"]


def test_state_of_another_import_is_refused(system: System, client: Client, tmp_path: Path) -> None:
    """And not taken for what this one brought."""
    sample = write_sample(tmp_path, links=2, clicks=10, prefix="other")
    moving = replace(moving_in(client, sample.origin(), tmp_path), state_path=lambda _: tmp_path / "state.db")
    moving.run()
    with closing(Client(system.base_url, asyncio.run(key_of_new_owner(system)))) as another:
        elsewhere = replace(moving, server=ImportServer(PatientSender(another)))
        with pytest.raises(ImportFailed, match="another import"):
            elsewhere.run()
        assert another.links.count() == 0


def test_import_into_an_installation_that_was_made_anew_begins_anew() -> None:
    """Accounts of two installations have the same source for the same origin, but not the same moment."""
    source = "86fd201a-be03-5f36-b1ff-3c39dd81de72"
    first, second = (Import(source=source, create_time=Timestamp(seconds=moment)) for moment in (1, 2))
    assert state_key(first) == state_key(first)
    assert state_key(first) != state_key(second)


def test_account_that_moved_out_and_in_elsewhere_is_the_same(
    warm: WarmProgram, program: CommandLine, client: Client, tmp_path: Path
) -> None:
    """Statistics are equal, and what is exported there is the same, byte for byte."""
    sample = write_sample(tmp_path, clicks=600, prefix="move")
    moving_in(client, sample.origin(), tmp_path).run()
    client.links.disable(client.links.lookup("move1").link_id)
    client.links.update(client.links.lookup("move2").link_id, archived=True, note="kept", max_clicks=7)
    client.links.delete(client.links.lookup("move3").link_id)
    exported = tmp_path / "first.zip"
    assert program("export", "archive", str(exported)).code == 0
    columns = "time,domain,code,destination,ip,country,browser,click_class"
    table = program("export", "clicks", "--columns", columns, "-o", "csv").out

    with (
        running_system(tmp_path / "elsewhere") as elsewhere,
        closing(Client(elsewhere.base_url, elsewhere.api_key)) as there,
    ):
        report = moving_in(there, ArchiveOrigin(path=exported), tmp_path, product="archive").run()
        assert report.is_complete
        assert report.clicks.stored == len(sample.clicks)
        assert statistics(there) == statistics(client)
        their_program = CommandLine(
            warm, tmp_path, {"LINKMETER_URL": elsewhere.base_url, "LINKMETER_API_KEY": elsewhere.api_key}
        )
        assert their_program("export", "archive", str(tmp_path / "second.zip")).code == 0
        assert their_program("export", "clicks", "--columns", columns, "-o", "csv").out == table
    assert (tmp_path / "second.zip").read_bytes() == exported.read_bytes()


def test_export_that_is_killed_goes_on_behind_its_last_click(
    program: CommandLine, client: Client, tmp_path: Path
) -> None:
    sample = write_sample(tmp_path, clicks=2500, prefix="out")
    moving_in(client, sample.origin(), tmp_path).run()
    target, progress = tmp_path / "clicks.csv", tmp_path / "clicks.csv.part.json"
    command = command_of("export", "clicks", str(target))
    child = subprocess.Popen(command, env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    asyncio.run(eventually(progress.exists, every=0.002, what="the first page is written"))
    child.kill()
    child.communicate()
    assert not target.exists()

    written = json.loads(program(*command[3:]).out)
    assert written["rows"] == len(sample.clicks)
    assert written["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    with target.open(newline="", encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    assert [row["time"] for row in rows] == sorted((row["time"] for row in rows), reverse=True)
    assert len({row["click_id"] for row in rows}) == len(sample.clicks)
    assert [*tmp_path.glob("clicks.csv.*")] == []


def test_links_that_become_one_stay_one_where_their_code_is_taken(client: Client, tmp_path: Path) -> None:
    client.links.create("https://example.com/other", code="twin")
    links, clicks = tmp_path / "twin-links.csv", tmp_path / "twin-clicks.csv"
    twins = [{"domain": f"{each}.example", "code": "twin", "destination": "https://example.com/twin"} for each in "ab"]
    write_rows(links, ("domain", "code", "destination"), twins)
    followed = [{"domain": twin["domain"], "code": "twin", "time": "2024-01-01T00:00:00+00:00"} for twin in twins]
    write_rows(clicks, ("domain", "code", "time"), followed)
    options = ImportOptions(on_clash=OnClash.SUFFIX)
    report = moving_in(client, CsvFiles(links=links, clicks=clicks), tmp_path, options=options).run()
    assert (report.outcomes[Outcome.CREATE], report.outcomes[Outcome.SHARE]) == (1, 1)
    assert clicks_by(client, "code") == {"twin-2": 2}


def test_links_are_exported_by_their_age(client: Client, tmp_path: Path) -> None:
    sample = write_sample(tmp_path, clicks=0, prefix="age")
    moving_in(client, sample.origin(), tmp_path, options=ImportOptions(with_clicks=False)).run()
    account = Account(PatientSender(client))
    assert account.count_links() == len(sample.links)
    assert [link.code for link in account.links()] == [link["code"] for link in reversed(sample.links)]


def _rewrite_clicks(sample: Sample, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    write_rows(sample.clicks_file, tuple(sample.clicks[0]), change(sample.clicks))
