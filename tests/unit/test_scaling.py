"""docs/scaling.md: what is said of whole installations follows from the figures of its first table."""

import math
import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text()
# One redirect of so many asks links.
LOOKUPS = 200
DAY_SECONDS = 86_400
PARTS = ("direct", "gateway", "lookups", "ingest", "store")


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


@pytest.mark.parametrize("row", table(section("Sizing")), ids=lambda row: str(row[0]))
def test_the_sizing_table_is_worked_out(row: list[str]) -> None:
    """Each number of parts is the load by what one of them is planned to carry, rounded up; each day has 86,400 s."""
    load = number(row[0])
    loads = {part: load / LOOKUPS if part == "lookups" else load for part in PARTS}
    needed = [str(math.ceil(loads[part] / planned(part))) for part in PARTS]
    clicks = load * DAY_SECONDS
    assert row[1:8] == [*needed, short(clicks, " kMGT"), short(clicks * VALUES["stored click"], " kMGT") + "B"]


def test_what_an_outage_of_analytics_costs_is_worked_out() -> None:
    """How long an outbox lasts follows from its size, a click's size, and what a pod is planned to carry."""
    clicks = 1024**3 / VALUES["waiting click"]
    seconds = clicks / planned("direct")
    said = section("Sizing")
    assert f"holds {clicks / 1e6:.1f} million clicks" in said
    assert f"fills it in\n{seconds:.0f} seconds, one at a tenth of it in {seconds / 6:.0f} minutes" in said
    assert f"\n{600 * planned('direct') * VALUES['waiting click'] / 1e9:.1f} GB" in said


def test_what_to_do_names_the_tables_numbers() -> None:
    """The text of the last two steps repeats numbers of the table."""
    *_, plan, limit = table(section("Sizing"))
    steps = section("Sizing")
    assert f"{plan[4]} processes of analytics open up to {int(plan[4]) * 10} connections" in steps
    assert f"{limit[1]} pods subscribe" in steps
    assert f"{limit[1]},000 messages/s" in steps
    assert f"{limit[7]} a day" in steps
    assert re.search(rf"{limit[4]}\s+processes of analytics open up to {int(limit[4]) * 10:,} connections", steps)
