"""The command segments: list the files of settled clicks for another engine."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.analytics.handover.listing import ErasuresPending, Listing, release, take_listing
from services.analytics.handover.manifest import manifest_of, paths_of
from services.analytics.segments.layout import Kind
from services.analytics.settings import SCHEMA, read_segments_location
from services.common.errors import LinkmeterError
from services.runtime import postgres

# Years of segments are thousands of rows.
_STATEMENT_MS: Final = 30_000
# While files are pinned, nothing that was erased leaves the disk.
_MOST_PIN_HOURS: Final = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says."""

    is_json: bool
    kind: Kind
    pin_hours: int
    allow_erased: bool
    # The pin to let go of, instead of listing anything.
    release: int | None


def parse(arguments: Sequence[str]) -> Options:
    """Return what a command line says; end the program with help or with what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m services.analytics segments",
        description="List the files of settled clicks for another engine: Spark, Trino, ClickHouse, DuckDB.",
    )
    parser.add_argument("--format", choices=("json", "paths"), default="json", help="a manifest, or a path a line")
    parser.add_argument("--kind", choices=[str(kind) for kind in Kind], default="clicks", help="whose paths (clicks)")
    parser.add_argument(
        "--pin-hours", type=int, default=0, metavar="N", help=f"keep the files so long, to {_MOST_PIN_HOURS} hours (0)"
    )
    parser.add_argument(
        "--erased", choices=("refuse", "name"), default="refuse", help="where erased clicks are still in files (refuse)"
    )
    parser.add_argument("--release", type=int, metavar="PIN", help="let go of a pin instead of listing")
    given = parser.parse_args(arguments)
    if not 0 <= given.pin_hours <= _MOST_PIN_HOURS:
        parser.error(f"--pin-hours is from 0 to {_MOST_PIN_HOURS}")
    if given.format == "paths" and given.erased == "name":
        parser.error("paths cannot name what is erased: use --format json")
    return Options(
        is_json=given.format == "json",
        kind=Kind(given.kind),
        pin_hours=given.pin_hours,
        allow_erased=given.erased == "name",
        release=given.release,
    )


def run(arguments: Sequence[str]) -> None:
    """Write the listing to standard output, and for people to standard error how complete it is.

    Raise SettingsError; end the program when PostgreSQL is away, while clicks of an older version are being converted,
    and where erased clicks are in the way.
    """
    options = parse(arguments)
    url, location = read_segments_location(os.environ)
    try:
        listing = asyncio.run(_run(url, options))
    except ErasuresPending as pending:
        raise SystemExit(
            f"analytics: {pending}. They go in some ten minutes while `python -m services.analytics settle` runs"
            + (
                "; or let --erased name tell which clicks of which segment to leave out."
                if pending.can_be_named
                else "."
            )
        ) from None
    except Exception as error:
        outage = error if isinstance(error, LinkmeterError) else postgres.outage_of(error)
        if outage is None:
            raise
        raise SystemExit(f"analytics: {outage}") from error
    if listing is not None:
        _write(listing, location, options)


async def _run(url: str, options: Options) -> Listing | None:
    pool = await postgres.open_pool(url, SCHEMA, max_size=1, statement_timeout_ms=_STATEMENT_MS)
    try:
        if options.release is not None:
            await release(pool, options.release)
            return None
        return await take_listing(pool, pin_for=timedelta(hours=options.pin_hours), allow_erased=options.allow_erased)
    finally:
        await pool.close()


def _write(listing: Listing, location: str, options: Options) -> None:
    if options.is_json:
        sys.stdout.write(json.dumps(manifest_of(listing, location), indent=1) + "\n")
    else:
        sys.stdout.writelines(f"{path}\n" for path in paths_of(listing, location, options.kind))
    sys.stderr.write(summary_of(listing) + "\n")


def summary_of(listing: Listing) -> str:
    """Say for people what the listing has and what it lacks."""
    parts = [
        f"{len(listing.segments)} segments of {sum(segment.rows for segment in listing.segments)} clicks",
        f"{listing.newest} newer clicks are in none yet",
    ]
    if listing.raw_since:
        parts.append(f"raw clicks before {listing.raw_since:%Y-%m-%d} are gone")
    if listing.pin:
        parts.append(f"pin {listing.pin.id} keeps the files until {listing.pin.ends:%Y-%m-%d %H:%M} UTC")
    else:
        parts.append("without a pin, files may be gone in ten minutes")
    return "; ".join(parts)
