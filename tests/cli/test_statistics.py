"""`linkmeter stats` and `linkmeter clicks` against the running system: numbers, pictures, and texts of strangers."""

import csv
import io
import json
import re
from collections.abc import Callable

from tests.support.command_line import CommandLine
from tests.support.system import System
from tests.support.traffic import BROWSER
from tests.support.wait import eventually

# Referrers and agents as an attacker would choose them: ESC and CSI would command a terminal, = a table.
HOSTILE = {"referer": "=cmd\u009b31m", "user-agent": "Mozilla/5.0 \u009b2J"}
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


async def test_statistics_in_every_format(linkmeter: CommandLine, code: Callable[[], str], system: System) -> None:
    """The same numbers as rows, as one object, and drawn at a terminal; texts of visitors are harmless everywhere."""
    name = code()
    linkmeter("link", "create", "https://example.com/", "--code", name)
    async with system.client(api_key="") as visitor:
        for number in range(3):
            await visitor.get(f"/{name}", headers={"user-agent": BROWSER, "referer": f"https://news.example/{number}"})
        await visitor.get(f"/{name}", headers=[(key.encode(), value.encode()) for key, value in HOSTILE.items()])
    columns = ("clicks", name, "--columns", "referrer,user_agent")
    await eventually(lambda: len(linkmeter(*columns, "-q").out.splitlines()) == 4, every=0.5)

    answer = json.loads(linkmeter("stats", name, "-o", "json").out)
    assert (answer["totals"]["clicks"], answer["previous"]["totals"]["clicks"]) == (4, 0)
    assert sum(step["clicks"] for step in answer["series"]) == 4
    assert len(answer["series"]) == 30
    assert answer["breakdowns"]["referrer_host"][0] == {
        "value": "news.example",
        "label": "news.example",
        "clicks": 3,
        "human_clicks": 3,
    }
    asked = ("stats", name, "--last", "24h", "--by", "browser", "--filter", "referrer_host=news.example")
    table = list(csv.DictReader(io.StringIO(linkmeter(*asked, "-o", "csv").out)))
    assert [row["clicks"] for row in table if row["report"] in {"total", "browser"}] == ["3", "3"]
    assert table[1]["report"] == "previous"
    assert {row["report"] for row in table[2:-1]} == {"hour"}

    drawn = linkmeter.at_terminal("stats", name)
    assert drawn.code == 0
    for words in ("by people", "clicks by day", "referrer host", "news.example", "before: 0", "█"):
        assert words in drawn.out
    assert not _CONTROLS.search(_SEQUENCE.sub("", drawn.out))

    clicks = linkmeter(*columns, "-n", "1")
    assert json.loads(clicks.out) == {"referrer": HOSTILE["referer"], "user_agent": HOSTILE["user-agent"]}
    assert "There are more than 1" in clicks.err
    assert "'=cmd\\x9b31m" in linkmeter(*columns, "-n", "1", "-o", "csv").out
    for output in ("table", "json", "jsonl", "csv"):
        shown = linkmeter.at_terminal(*columns, "-q", "-n", "1", "-o", output)
        assert "=cmd" in shown.out
        assert not _CONTROLS.search(_SEQUENCE.sub("", shown.out)), output


def test_mistakes_are_told_with_what_there_is(linkmeter: CommandLine) -> None:
    """Before anything is asked of the server."""
    for arguments, word in (
        (("--by", "colour"), "referrer_host"),
        (("--filter", "country"), "country=DE,CH"),
        (("--last", "7"), "24h, 30d"),
        (("--last", "7d", "--since", "3d"), "--last says the whole interval"),
    ):
        done = linkmeter("stats", *arguments)
        assert (done.code, done.out) == (2, "")
        assert word in done.err


def test_keys_domains_and_the_ledger(linkmeter: CommandLine, code: Callable[[], str]) -> None:
    """A key with fewer rights is made, used, refused and revoked; a domain is claimed and given up; the sums add up."""
    made = json.loads(linkmeter("key", "create", "for reading", "-s", "links:read", "--expires", "90d").out)
    assert made["scopes"] == ["links:read"]
    weaker = {"LINKMETER_API_KEY": made["secret"]}
    assert linkmeter("link", "list", **weaker).code == 0
    refused = linkmeter("link", "create", "https://example.com/", **weaker)
    assert (refused.code, refused.err.startswith("linkmeter: the API key may not do this")) == (4, True)
    listed = [json.loads(line) for line in linkmeter("key", "list").out.splitlines()]
    assert [(row["title"], row["secret"]) for row in listed if row["api_key_id"] == made["api_key_id"]] == [
        ("for reading", None)
    ]
    assert linkmeter("key", "revoke", str(made["api_key_id"]), "--yes").code == 0
    assert linkmeter("link", "list", **weaker).code == 4
    assert linkmeter("key", "create", "x", "--scope", "no:such").code == 1

    host = f"{code()}.example.com"
    claimed = linkmeter("domain", "add", host)
    assert json.loads(claimed.out)["state"] == "unverified"
    assert f'_linkmeter.{host}. TXT "' in claimed.err
    assert host in linkmeter("domain", "list", "--claims").out
    assert linkmeter("domain", "delete", host, "--yes").code == 0
    assert linkmeter("domain", "get", host).code == 3

    *entries, total = [json.loads(line) for line in linkmeter("ledger").out.splitlines()]
    assert total["source"] == "total"
    assert total["accepted"] == sum(entry["accepted"] for entry in entries)
