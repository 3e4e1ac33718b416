"""`linkmeter link …` and `linkmeter shorten` against the running system, in a pipe."""

import csv
import io
import json
import zlib
from collections.abc import Callable

from tests.support.command_line import CommandLine, Done

Codes = Callable[[], str]


def rows(done: Done) -> list[dict[str, object]]:
    """Return JSON lines as dictionaries, of a run that went well."""
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_links_life(linkmeter: CommandLine, code: Codes) -> None:
    """Created, found by each of its names, changed, switched off and on, deleted; each answer is the link as it is."""
    name = code()
    (made,) = rows(
        linkmeter("link", "create", "https://example.com/", "-c", name, "-t", "a", "-t", "b", "--expires", "30d")
    )
    assert (made["code"], made["tags"], made["state"]) == (name, ["a", "b"], "active")
    for one in (name, f"{made['short_url']}+", f"id:{made['link_id']}"):
        assert rows(linkmeter("link", "get", one)) == [made]
    change = ("--title", "Our page", "--add-tag", "c", "--remove-tag", "a", "--clear", "expire_time")
    (changed,) = rows(linkmeter("link", "update", name, *change))
    assert (changed["title"], changed["tags"], changed["expire_time"]) == ("Our page", ["b", "c"], None)
    assert rows(linkmeter("link", "disable", name))[0]["state"] == "disabled"
    assert rows(linkmeter("link", "enable", name))[0]["state"] == "active"
    assert linkmeter("link", "delete", name).code == 2, "nobody can be asked in a pipe"
    assert rows(linkmeter("link", "delete", name, "--yes"))[0]["deleted"] is True
    gone = linkmeter("link", "get", name)
    assert (gone.code, gone.out, gone.err) == (3, "", f"linkmeter: link not found: {name}\n")


def test_every_format_says_the_same(linkmeter: CommandLine, code: Codes) -> None:
    """Lists as JSON lines (the default in a pipe), as one JSON document, as CSV and as a table."""
    tag = code()
    for destination in ("https://example.com/1", "https://example.com/2"):
        linkmeter("link", "create", destination, "--tag", tag, "--title", "=SUM(A1)")
    asked = ("link", "list", "--tag", tag, "--oldest-first", "--columns", "destination,title,tags")
    wanted = [{"destination": f"https://example.com/{number}", "title": "=SUM(A1)", "tags": [tag]} for number in (1, 2)]
    assert rows(linkmeter(*asked)) == wanted
    assert json.loads(linkmeter(*asked, "-o", "json").out) == wanted
    table = list(csv.DictReader(io.StringIO(linkmeter(*asked, "--output=csv").out)))
    assert table == [{**row, "title": "'=SUM(A1)", "tags": tag} for row in wanted]
    # The common options are also taken before the command's name.
    lines = [line.split() for line in linkmeter("-o", "table", *asked).out.splitlines()]
    assert lines == [["destination", "title", "tags"], *([row["destination"], row["title"], tag] for row in wanted)]
    assert rows(linkmeter(*asked, "--sort", "clicks")) == wanted
    less = linkmeter(*asked, "--limit", "1")
    assert (rows(less), less.err) == (wanted[:1], "There are more than 1: --limit, or --all.\n")
    assert json.loads(linkmeter("link", "list", "--tag", f"{tag}-no", "-o", "json").out) == []


def test_many_lines_are_shortened_and_a_refused_one_is_passed_over(linkmeter: CommandLine, code: Codes) -> None:
    """Each line has an outcome, in order; running it again makes nothing new; the exit code tells of the refused."""
    tag, name = code(), code()
    lines = [f"https://example.com/{tag}/{number}" for number in range(30)]
    given = "\ufeff" + "\n".join(["# ours", *lines, "", f"{lines[0]} {name}", "javascript:alert(1)", lines[1]]) + "\n"
    first = linkmeter("shorten", "--tag", tag, given=given.encode() + b"https://example.com/\xff\n")
    made = [json.loads(line) for line in first.out.splitlines()]
    assert [row["line"] for row in made] == [*range(2, 32), 33, 34, 35, 36]
    outcomes = [row["outcome"] for row in made]
    assert outcomes == ["created"] * 31 + ["refused", "found", "refused"]
    assert made[30]["code"] == name
    assert made[-2]["short_url"] == made[1]["short_url"]
    assert made[31]["error"] in first.err
    assert first.err.endswith("31 created, 1 found, 2 refused.\n")
    assert first.code == 1
    again = linkmeter("shorten", "--tag", tag, "-q", "--columns", "short_url,outcome", given="\n".join(lines))
    assert rows(again) == [{"short_url": row["short_url"], "outcome": "found"} for row in made[:30]]


def test_a_broken_server_ends_the_lines(linkmeter: CommandLine) -> None:
    """Without a server no line can do better than the one before: it ends, with what to do in words."""
    done = linkmeter("shorten", "https://example.com/", "https://example.com/2", LINKMETER_URL="http://localhost:9")
    assert (done.code, done.out) == (5, "")
    assert "line 1: the server is not available" in done.err
    assert "run it again" in done.err


def test_failures_of_some_are_told_and_the_rest_is_done(linkmeter: CommandLine, code: Codes) -> None:
    """The exit code is that of the first failure."""
    name = code()
    linkmeter("link", "create", "https://example.com/", "--code", name)
    done = linkmeter("link", "disable", "no-such-link", name)
    assert done.code == 3
    assert json.loads(done.out)["state"] == "disabled"
    assert done.err == "linkmeter: no-such-link: link not found: no-such-link\n"


def test_qr_codes(linkmeter: CommandLine, code: Codes) -> None:
    """On standard output as half blocks, in files as pictures; a name that is none of both says so."""
    name = code()
    linkmeter("link", "create", "https://example.com/", "--code", name)
    drawn = linkmeter("link", "qr", name)
    assert set(drawn.out) == set("█▀▄ \n")
    assert drawn.err.strip().endswith(f"/{name}")
    png, svg = linkmeter.home / "code.png", linkmeter.home / "code.svg"
    assert linkmeter("link", "qr", name, "--file", str(png)).code == 0
    assert png.read_bytes().startswith(b"\x89PNG")
    assert zlib.crc32(png.read_bytes()[12:29]) == int.from_bytes(png.read_bytes()[29:33])
    assert linkmeter("link", "qr", name, "--file", str(svg)).code == 0
    assert "<svg" in svg.read_text()
    assert linkmeter("link", "qr", name, "--file", "code.gif").code == 2


def test_a_link_is_opened_in_the_browser(linkmeter: CommandLine, code: Codes) -> None:
    """Its destination, so that no click is counted; with --short the short URL."""
    name = code()
    linkmeter("link", "create", "https://example.com/there", "--code", name)
    seen = linkmeter.home / "opened"
    browser = linkmeter.home / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{seen}"\n')
    browser.chmod(0o700)
    for options in ([], ["--short"]):
        assert linkmeter("link", "open", name, *options, BROWSER=f"{browser} %s").code == 0
    destination, short_url = seen.read_text().split()
    assert destination == "https://example.com/there"
    assert short_url.endswith(f"/{name}")
