"""`linkmeter import` and `linkmeter export` on the command line: what they say, and what they refuse."""

import hashlib
import json

import pytest

from tests.support.command_line import CommandLine
from tests.support.moving import write_sample

SOURCES = ["archive", "bitly", "csv", "dub", "goatcounter", "kutt", "plausible", "shlink", "shortio", "spoo", "yourls"]


def test_help_names_every_source(program: CommandLine) -> None:
    shown = program("import", "--help").out
    assert [source for source in SOURCES if f" {source} " not in shown] == []


def test_key_is_never_an_argument(program: CommandLine) -> None:
    assert "--key" not in program("import", "shlink", "--help").out
    refused = program("import", "shlink", "https://s.example", "--key", "abc")
    assert refused.code == 2
    missing = program(
        "import", "shlink", "https://s.example", LINKMETER_URL="http://localhost:1", LINKMETER_API_KEY="lm_x"
    )
    assert missing.code == 2
    assert missing.err == "linkmeter: An API key that sees all short URLs: pipe it in, or set SHLINK_API_KEY\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["import", "archive", "nowhere.zip"], 2, "does not exist"),
        (["import", "csv"], 1, "Name a CSV file of links, one of clicks, or both."),
        (["import", "csv", "links.csv", "--map", "old"], 2, "is no pair of domains"),
        (["import", "csv", "links.csv", "--on-clash", "domain"], 2, "the domain for links that clash"),
        (["import", "archive", "links.csv"], 1, "is no archive, or not whole"),
        (["import", "undo", "999999", "--yes"], 3, "import not found: 999999"),
        (["export", "clicks", "clicks.txt"], 2, "does not end in .csv, .jsonl or .parquet"),
        (["export", "links", "--format", "parquet"], 2, "Parquet needs a file"),
        (["export", "links", "links.csv"], 1, "is there already"),
        (["export", "links", "l.csv", "--columns", "code,nope"], 2, "there is no column nope; there are link_id,"),
        (["export", "archive", "nowhere/a.zip"], 1, "nowhere is not there"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_line(
    arguments: list[str], code: int, message: str, linkmeter: CommandLine
) -> None:
    (linkmeter.home / "links.csv").write_text("code,destination\n")
    done = linkmeter(*(str(linkmeter.home / each) if "." in each and "=" not in each else each for each in arguments))
    assert done.code == code, done
    assert message in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err


def test_import_and_export_on_a_terminal_and_in_pipes(linkmeter: CommandLine) -> None:
    """Reports are text for people and JSON for programs; data is on standard output, all else is not."""
    sample = write_sample(linkmeter.home, links=3, clicks=30, prefix=f"cli{linkmeter.home.stat().st_ino}-")
    command = ["import", "csv", str(sample.links_file), "--clicks", str(sample.clicks_file)]
    dry = linkmeter.at_terminal(*command, "--dry-run")
    assert "links: 3 read, 3 created" in dry.out
    assert "clicks: 30 read, 30 stored" in dry.out
    report_file = linkmeter.home / "report.json"
    done = linkmeter(*command, "--report", str(report_file))
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == json.loads(report_file.read_text())
    assert json.loads(done.out)["clicks"]["stored"] == 30

    sources = [json.loads(line) for line in linkmeter("ledger").out.splitlines()]
    (source,) = (each for each in sources if sample.links_file.name in each["name"])
    assert (source["accepted"], source["stored"]) == (30, 30)

    code = sample.links[0]["code"]
    listed = linkmeter("export", "clicks", "--link", code, "-o", "csv", "--columns", "code,ip")
    assert listed.out.splitlines()[0] == "code,ip"
    assert len(listed.out.splitlines()) - 1 == sample.count("code")[code]
    redirects = linkmeter.home / "_redirects"
    told = linkmeter("export", "redirects", str(redirects), "--for", "netlify")
    assert f"https://localhost/{code} https://example.com/{code}?a=%0D 302\n" in redirects.read_text()
    assert hashlib.sha256(redirects.read_bytes()).hexdigest() in told.err
    assert told.out == ""


def test_link_that_cannot_come_is_told_and_the_rest_goes_on(linkmeter: CommandLine) -> None:
    code = f"part{linkmeter.home.stat().st_ino}"
    links = linkmeter.home / "links.csv"
    links.write_text(f"code,destination\n{code},https://example.com/\nbad{code},javascript:alert(1)\n")
    done = linkmeter("import", "csv", str(links))
    assert done.code == 1
    report = json.loads(done.out)
    assert (report["links"]["created"], report["links"]["refused"], report["complete"]) == (1, 1, True)
    (problem,) = report["link_problems"].values()
    assert problem["examples"][0].startswith(f"line 3, code bad{code}: link.destination must be an absolute")
