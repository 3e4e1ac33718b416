"""An account that moves in and out: a sample of what an origin has, and what a naive count of it says."""

import csv
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkmeter import Client, Dimension, Report
from linkmeter.moving.importing.options import ImportOptions
from linkmeter.moving.importing.running import Import
from linkmeter.moving.importing.server import ImportServer
from linkmeter.moving.origin import Origin
from linkmeter.moving.origins.csv_files import CsvFiles
from linkmeter.moving.patience import PatientSender

AGENTS = {
    "Chrome": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
    "Googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
}
_FIRST = datetime(2019, 3, 1, tzinfo=UTC)
_LINK_FIELDS = ("code", "destination", "title", "tags", "created")
_CLICK_FIELDS = ("code", "time", "referrer", "user_agent", "ip", "country")


@dataclass(frozen=True, slots=True)
class Sample:
    """Files of links and clicks, and all that is in them."""

    links_file: Path
    clicks_file: Path
    links: list[dict[str, str]]
    clicks: list[dict[str, str]]

    def origin(self) -> Origin:
        """Return what reads the files."""
        return CsvFiles(links=self.links_file, clicks=self.clicks_file)

    def count(self, field: str) -> Counter[str]:
        """Count the clicks by a field, naively."""
        return Counter(click[field] for click in self.clicks)


def write_sample(folder: Path, *, links: int = 20, clicks: int, prefix: str = "old") -> Sample:
    """Write files of so many links and clicks, the same each time."""
    chance = random.Random(13)
    codes = [f"{prefix}{number}" for number in range(links)]
    link_rows = [
        {
            "code": code,
            "destination": f"https://example.com/{code}?a=%0D",
            "title": f"=Title of {code}",
            "tags": "old,spring" if number % 2 else "",
            "created": (_FIRST - timedelta(days=number)).isoformat(),
        }
        for number, code in enumerate(codes)
    ]
    click_rows = [
        {
            "code": codes[int(links * chance.random() ** 2)],
            "time": (_FIRST + timedelta(seconds=5000 * number)).isoformat(),
            "referrer": chance.choice(["", "https://t.co/x", "https://news.example/today"]),
            "user_agent": chance.choice([*AGENTS.values()]),
            "ip": f"198.51.100.{chance.randrange(200)}",
            "country": chance.choice(["DE", "FR", ""]),
        }
        for number in range(clicks)
    ]
    sample = Sample(folder / f"{prefix}-links.csv", folder / f"{prefix}-clicks.csv", link_rows, click_rows)
    write_rows(sample.links_file, _LINK_FIELDS, link_rows)
    write_rows(sample.clicks_file, _CLICK_FIELDS, click_rows)
    return sample


def write_rows(path: Path, names: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    """Write rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


class Bar:
    """Counts what a step said that it did."""

    def __init__(self) -> None:
        self.done = 0

    def advance(self, count: int) -> None:
        """Count."""
        self.done += count


@contextmanager
def no_progress(description: str, total: int | None, unit: str) -> Iterator[Bar]:
    """Show nothing; at the end as much must have been done as was announced."""
    bar = Bar()
    yield bar
    assert total is None or bar.done == total, f"{description}: {bar.done} of {total} {unit}"


def moving_in(
    client: Client, origin: Origin, folder: Path, *, options: ImportOptions | None = None, product: str = "csv"
) -> Import:
    """Return an import into an account, whose state is kept in a folder."""
    return Import(
        product=product,
        origin=origin,
        server=ImportServer(PatientSender(client)),
        options=options or ImportOptions(),
        state_path=lambda key: folder / f"{key}.db",
        progress=no_progress,
    )


def statistics(client: Client) -> list[list[tuple[object, ...]]]:
    """Return what statistics say of an account: totals, and breakdowns of several kinds."""
    dimensions: tuple[Dimension, ...] = ("code", "country", "browser", "referrer_host", "utm_source", "click_class")
    reports = [
        Report(metrics=["clicks", "human_clicks", "visitors"]),
        Report(bucket="day", metrics=["clicks", "visitors"]),
        *(Report(dimensions=[name], metrics=["clicks", "human_clicks", "visitors"]) for name in dimensions),
    ]
    return [
        sorted((str(row.time), *row.dimensions.values(), *row.metrics.values()) for row in table.rows)
        for table in client.stats.reports(reports)
    ]


def clicks_by(client: Client, dimension: Dimension) -> Counter[str]:
    """Return how many clicks statistics count by a dimension."""
    (table,) = client.stats.reports([Report(dimensions=[dimension], metrics=["clicks"])])
    return Counter({row.dimensions[dimension]: row["clicks"] for row in table.rows})
