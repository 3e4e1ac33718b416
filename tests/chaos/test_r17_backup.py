"""R17: what was acknowledged before a backup is there after it is put back, and nothing is there twice."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from services.redirect.outbox.file import OutboxFile
from tests.support.chaos import more_answers
from tests.support.make_run import ROOT
from tests.support.system import System, running_system
from tests.support.traffic import Traffic, counted, create_links, ledger, recorded, visitors
from tests.support.wait import eventually, promised

_LINKS = 4
# They go on while a program starts: few, so that there is less to compare.
_VISITORS = 2


def backup(data: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run what `make backup` and `make restore` run."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    return subprocess.run(
        [sys.executable, "-m", "deploy.backup", *arguments],
        cwd=ROOT,
        env={**machine, "LINKMETER_DATA_DIR": str(data), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


async def done(data: Path, *arguments: str, **settings: str) -> str:
    """Run it beside the visitors, and require that it succeeds."""
    result = await asyncio.to_thread(backup, data, *arguments, **settings)
    assert result.returncode == 0, result.stderr
    return result.stdout


async def settled(system: System) -> bool:
    """Return whether nothing waits any more, and the ledger adds up."""
    total = await ledger(system)
    assert total["accepted"] == total["stored"] + total["setAside"] + total["pending"] + total["dropped"]
    return total["pending"] == 0


async def assert_nothing_missing(
    system: System, links: dict[str, int], traffic: Traffic, acknowledged: set[str]
) -> None:
    """Require each acknowledged click once, per link, and no click that nobody was answered for."""
    ids = list(links.values())
    marks = await eventually(
        lambda: _complete(system, ids, acknowledged), every=0.2, what="acknowledged clicks are there, the ledger agrees"
    )
    assert not [mark for mark, count in marks.items() if count > 1], "clicks are counted twice"
    assert set(marks) <= traffic.answered


async def _complete(system: System, link_ids: list[int], acknowledged: set[str]) -> Counter[str]:
    """Return the clicks once all acknowledged ones are among them, and all that is counted agrees; nothing until then.

    What the restored ledger says of an outbox is as old as the backup until the outbox reports again.
    """
    marks = await recorded(system, link_ids)
    if acknowledged - set(marks) or await counted(system, link_ids) != marks.total():
        return Counter()
    return marks if await settled(system) and (await ledger(system))["stored"] == marks.total() else Counter()


async def test_r17_after_loss_of_everything_nothing_is_missing_that_was_acknowledged(tmp_path: Path) -> None:
    """Backed up under load, the data directory destroyed: links, keys and clicks are back, the ledger is exact."""
    data, file = tmp_path / "data", tmp_path / "one.backup"
    with running_system(data) as before:
        links = await create_links(before, _LINKS)
        async with visitors(before, list(links), _VISITORS) as traffic:
            await more_answers(traffic)
            acknowledged = set(traffic.answered)
            await done(data, "create", str(file))
            await more_answers(traffic)
        secret = before.folder.secret()
    shutil.rmtree(data)
    assert file.stat().st_mode & 0o077 == 0
    assert "whole" in await done(data, "verify", str(file))
    await done(data, "restore", str(file))
    # With another first key: the old one has to work because it was saved.
    with running_system(data, LINKMETER_PORT=str(before.settings.port)) as after:
        assert after.folder.secret() == secret
        after.api_key = before.api_key
        await assert_nothing_missing(after, links, traffic, acknowledged)
        async with after.client() as client:
            for code, link_id in links.items():
                link = (await client.get(f"/v1/links/{link_id}")).raise_for_status().json()
                followed = await client.get(f"/{code}")
                assert (followed.status_code, followed.headers["location"]) == (302, link["destination"])


@pytest.mark.chaos_long
async def test_r17_clicks_that_only_outboxes_hold_are_backed_up(tmp_path: Path) -> None:
    """Analytics was away when the backup was made: what visitors were answered for is in it all the same."""
    data, file = tmp_path / "data", tmp_path / "one.backup"
    with running_system(data) as before:
        links = await create_links(before, _LINKS)
        async with visitors(before, list(links), _VISITORS) as traffic:
            await more_answers(traffic)
            before.kill("analytics")
            await more_answers(traffic)
            acknowledged = set(traffic.answered)
            await done(data, "create", str(file))
    shutil.rmtree(data)
    await done(data, "restore", str(file))
    with running_system(data) as after:
        after.api_key = before.api_key
        await assert_nothing_missing(after, links, traffic, acknowledged)


async def test_r17_going_back_counts_the_gap_once_and_knows_nothing_of_what_came_later(
    tmp_path: Path, valkey_url: str
) -> None:
    """Outboxes and Redis are ahead of the restored database.

    Gaps are missing, never refused or doubled; copies of links in Redis are forgotten, and ids that were given after
    the backup are given to nobody else.
    """
    data, file = tmp_path / "data", tmp_path / "one.backup"
    settings = {"LINKMETER_REDIS_URL": valkey_url}
    with running_system(data, **settings) as before:
        links = await create_links(before, _LINKS)
        async with visitors(before, list(links), _VISITORS) as traffic:
            await more_answers(traffic)
            acknowledged = set(traffic.answered)
            await done(data, "create", str(file))
            await more_answers(traffic)
        await eventually(lambda: settled(before), every=0.2)
        changed, link_id = next(iter(links.items()))
        await _lead_to(before, link_id, "https://example.com/later")
        (later,) = (await create_links(before, 1)).items()
        assert await _location(before, changed) == "https://example.com/later"
        assert await _location(before, later[0])
        refused = backup(data, "restore", str(file), "--replace", **settings)
        assert (refused.returncode, "already runs" in refused.stderr) == (1, True)

    refused = backup(data, "restore", str(file), **settings)
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    assert "is in" in await done(data, "restore", str(file), "--replace", **settings)

    with running_system(data, **settings) as after:
        after.api_key = before.api_key
        assert await _location(after, changed) == "https://example.com/0"
        assert await _location(after, later[0]) == ""
        await _lead_to(after, link_id, "https://example.com/again")
        await eventually(lambda: _leads_to(after, changed, "https://example.com/again"), timeout=promised(1))
        assert next(iter((await create_links(after, 1)).values())) > later[1]
        async with visitors(after, list(links), _VISITORS) as more:
            await more_answers(more)
        # It ships the last clicks before it ends.
        after.stop("redirect")
        given = sum(_last_sequence(path) for path in after.folder.outbox.glob("*.outbox"))
        total = await ledger(after)
        assert (total["accepted"], total["pending"]) == (given, 0)
        # What was answered in the meantime is gone, and nothing else.
        assert 0 < total["dropped"] <= given - len(acknowledged) - len(more.answered)
        marks = await recorded(after, list(links.values()))
        assert not acknowledged - set(marks)
        # Marks of the two crowds are numbered alike.
        assert await counted(after, list(links.values())) == sum(marks.values())


def _last_sequence(path: Path) -> int:
    with closing(OutboxFile(path)) as file:
        return file.last_sequence


async def _lead_to(system: System, link_id: int, destination: str) -> None:
    async with system.client() as client:
        answer = await client.patch(f"/v1/links/{link_id}", json={"destination": destination})
    assert answer.status_code == 200, answer.text


async def _location(system: System, code: str) -> str:
    async with system.client(api_key="") as client:
        return str((await client.get(f"/{code}")).headers.get("location", ""))


async def _leads_to(system: System, code: str, destination: str) -> bool:
    return await _location(system, code) == destination


async def test_r17_a_damaged_backup_changes_nothing(tmp_path: Path) -> None:
    """One wrong byte anywhere, or an end that is missing: refused before anything is touched."""
    data, file = tmp_path / "data", tmp_path / "one.backup"
    with running_system(data) as system:
        links = await create_links(system, 1)
        await done(data, "create", str(file))
        refused = backup(data, "create", str(file))
        assert (refused.returncode, "overwrites nothing" in refused.stderr) == (1, True)
    whole = file.read_bytes()
    half = len(whole) // 2
    for damaged in (whole[:half], whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]):
        file.write_bytes(damaged)
        for verb in (["verify"], ["restore", "--replace"]):
            refused = backup(data, *verb, str(file))
            assert (refused.returncode, refused.stdout) == (1, ""), verb
            assert "Traceback" not in refused.stderr
    with running_system(data, api_key=system.api_key) as after:
        assert await _location(after, next(iter(links))) == "https://example.com/0"


def test_r17_nothing_to_back_up_is_said(tmp_path: Path) -> None:
    """In one line, and no file is left."""
    refused = backup(tmp_path / "data", "create", str(tmp_path / "one.backup"))
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert not list(tmp_path.glob("one.backup*"))


@pytest.mark.parametrize("verb", ["verify", "restore"])
def test_r17_what_is_no_backup_is_refused(tmp_path: Path, verb: str) -> None:
    """A file of something else, and no file."""
    (tmp_path / "other").write_text("something else")
    for name in ("other", "absent"):
        refused = backup(tmp_path / "data", verb, str(tmp_path / name))
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
