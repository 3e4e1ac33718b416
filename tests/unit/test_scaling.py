"""docs/scaling.md: what is said of whole installations follows from the figures of its first table."""

import math
import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text()
# One redirect of so many asks links.
LOOKUPS = 200
DAY_SECONDS = 86_400
MONTH_SECONDS = 30 * DAY_SECONDS
PARTS = ("direct", "gateway", "lookups", "ingest", "landing")
# Of one replica of analytics: four for ingest, four for questions, and one for the check of health.
CONNECTIONS = 9
# Of segments: as many clicks as are worth one, and how many of a size become one of the next.
SMALLEST, MERGED_AT_ONCE = 50_000, 4


def section(heading: str) -> str:
    """Return what stands under a heading."""
    return TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def table(text: str) -> list[list[str]]:
    """Return the cells of a table, without its head."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def number(text: str) -> int:
    """Read the number that a cell begins with."""
    return int(re.sub(r"\D.*", "", text.replace(",", "")))


VALUES = {name: number(value) for name, value, *_ in table(section("Figures"))}
SHARES = {name: number(planned) for name, _, planned, *_ in table(section("Figures")) if planned}


def planned(part: str) -> float:
    """Return what one of a part is counted with, a second."""
    return VALUES[part] * SHARES[part] / 100


def short(amount: float, units: str) -> str:
    """Write a large number as the table does."""
    power = min(int(math.log10(amount)) // 3, len(units) - 1)
    return f"{amount / 1000**power:.3g} {units[power]}".strip()


def settling_seconds(load: float) -> float:
    """Return how long one second's clicks keep the program that settles busy: each is settled, and merged by size."""
    sizes = math.ceil(math.log(load * MONTH_SECONDS / SMALLEST, MERGED_AT_ONCE))
    merges = sizes + 1
    return load * (VALUES["settled click"] + VALUES["merged click"] * merges) / 1e9


def percent(share: float) -> str:
    """Write a share as the table does."""
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:,.0f} %"


@pytest.mark.parametrize("row", table(section("Sizing")), ids=lambda row: str(row[0]))
def test_the_sizing_table_is_worked_out(row: list[str]) -> None:
    """Each number of parts is the load by what one of them is planned to carry, rounded up; each day has 86,400 s."""
    load = number(row[0])
    loads = {part: load / LOOKUPS if part == "lookups" else load for part in PARTS}
    needed = [str(math.ceil(loads[part] / planned(part))) for part in PARTS]
    clicks = load * DAY_SECONDS
    stored = short(clicks * VALUES["stored click"], " kMGT") + "B"
    assert row[1:9] == [*needed, percent(settling_seconds(load)), short(clicks, " kMGT"), stored]


def test_what_an_outage_of_analytics_costs_is_worked_out() -> None:
    """How long an outbox lasts follows from its size, a click's size, and what a pod is planned to carry."""
    clicks = 1024**3 / VALUES["waiting click"]
    seconds = clicks / planned("direct")
    said = " ".join(section("Sizing").split())
    assert f"holds {clicks / 1e6:.1f} million clicks" in said
    assert f"fills it in {seconds:.0f} seconds, one at a tenth of it in {seconds / 6:.0f} minutes" in said
    assert f" {600 * planned('direct') * VALUES['waiting click'] / 1e9:.1f} GB" in said


def test_what_an_outage_of_settling_costs_is_worked_out() -> None:
    """When the alert rings, and how soon what waited is settled, at a load that the text names."""
    waiting = 3600 * 1000
    said = " ".join(section("Sizing").split())
    assert (
        f"At 1,000 clicks/s the two million at which an alert rings have come after {2e6 / 1000 / 60:.0f} min" in said
    )
    assert f"is settled in {waiting * VALUES['settled click'] / 1e9:.0f} seconds afterwards" in said


def test_one_installation_ends_where_settling_is_always_busy() -> None:
    """Which one program cannot do more of."""
    (said,) = re.findall(r"one installation ends at some (\d+,000) clicks/s", section("Sizing"))
    most = number(said)
    assert settling_seconds(most) < 1 < settling_seconds(most * 1.25)
    assert most < planned("landing")


def test_what_to_do_names_the_tables_numbers() -> None:
    """The text of the last two steps repeats numbers of the table."""
    *_, plan, limit = table(section("Sizing"))
    steps = section("Sizing")
    assert f"{plan[4]} processes of analytics open up to {int(plan[4]) * CONNECTIONS} connections" in steps
    assert f"{limit[1]} pods subscribe" in steps
    assert f"{limit[1]},000 messages/s" in steps
    assert f"{limit[8]} a day" in steps
    assert re.search(
        rf"{limit[4]}\s+processes of analytics open up to {int(limit[4]) * CONNECTIONS:,} connections", steps
    )
