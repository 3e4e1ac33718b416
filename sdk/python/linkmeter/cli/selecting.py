"""Which clicks statistics and lists are about: options, and what they become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, get_args
from zoneinfo import ZoneInfo

import typer

from linkmeter.cli import completing, link_options, times
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import MisuseError
from linkmeter.cli.times import Period
from linkmeter.resources.conditions import Dimension, Filter

_PANEL: Final = "Which clicks"
DIMENSIONS: Final[tuple[str, ...]] = get_args(Dimension)

OptionalLink = Annotated[
    str | None,
    typer.Argument(
        metavar="LINK",
        help="Of this link: code, short URL, or id: and a number. Default: of all links of the account.",
        autocompletion=completing.link_codes,
        show_default=False,
    ),
]
LastOption = Annotated[
    str,
    typer.Option(
        "--last", "-l", help="The last so long until now: 24h, 7d, 8w.", metavar="LENGTH", rich_help_panel=_PANEL
    ),
]
SinceOption = Annotated[
    str,
    typer.Option(
        "--since",
        help="From then on, included: 2026-05-01, 2026-05-01T10:00, 30d.",
        metavar="TIME",
        rich_help_panel=_PANEL,
    ),
]
UntilOption = Annotated[
    str, typer.Option("--until", help="Until then, excluded. Default: now.", metavar="TIME", rich_help_panel=_PANEL)
]
ZoneOption = Annotated[
    str,
    typer.Option(
        "--time-zone",
        help="Where days begin at midnight, as Europe/Berlin. Default: the profile's, else this machine's.",
        rich_help_panel=_PANEL,
    ),
]
FilterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        help="Only clicks of which this holds: country=DE,CH or browser!=Chrome; may be repeated.",
        metavar="DIMENSION=VALUES",
        rich_help_panel=_PANEL,
    ),
]


@dataclass(frozen=True, slots=True)
class When:
    """An interval in a time zone; without a period it is all of time."""

    zone_name: str
    now: datetime
    period: Period | None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that days follow."""
        return ZoneInfo(self.zone_name)


def when(cli: Cli, *, last: str, since: str, until: str, zone: str, default: str = "") -> When:
    """Return the interval that the options say. Raises MisuseError when they contradict each other, or say nothing."""
    zone_name = link_options.time_zone(cli, zone)
    now = datetime.now(times.time_zone(zone_name))
    if last and (since or until):
        raise MisuseError("--last says the whole interval: not along with --since and --until")
    if since:
        return When(zone_name, now, times.between(since, until, now))
    if until:
        raise MisuseError("--until needs a --since")
    length = last or default
    return When(zone_name, now, times.last(length, now) if length and length != "all" else None)


def filters(texts: Sequence[str]) -> list[Filter]:
    """Return conditions as they are typed: `country=DE,CH`, `browser!=Chrome`, `referrer_host=` for direct visits.

    Raises MisuseError when there is no dimension of a name, or no equals sign.
    """
    return [_filter(text) for text in texts]


def _filter(text: str) -> Filter:
    name, equals, values = text.partition("=")
    negated = name.endswith("!")
    name = name.removesuffix("!").strip()
    if not equals:
        raise MisuseError(f"{text!r} is no filter: a dimension and values, as in country=DE,CH")
    return Filter(dimension(name), values.split(","), negated=negated)


def dimension(name: str) -> Dimension:
    """Return a dimension by its name. Raises MisuseError, which lists them, when there is none."""
    if name not in DIMENSIONS:
        raise MisuseError(f"there is no dimension {name!r}; there are {', '.join(DIMENSIONS)}")
    found: Dimension = name  # type: ignore[assignment] # One of them, as was just seen.
    return found
