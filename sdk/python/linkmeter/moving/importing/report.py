"""What an import did, or would do, for programs and for people."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from linkmeter.moving.importing.plan import LinkTallies
from linkmeter.moving.importing.state import Outcome
from linkmeter.moving.importing.tally import Tally


@dataclass
class Clicks:
    """What became of the origin's clicks. Those of earlier runs are included."""

    read: int = 0
    stored: int = 0
    set_aside: int = 0
    set_aside_by_reason: Tally = field(default_factory=Tally)
    unreadable: Tally = field(default_factory=Tally)

    def to_dict(self) -> dict[str, int]:
        """Return the numbers as JSON has them."""
        return {
            "read": self.read + self.unreadable.total,
            "stored": self.stored,
            "set_aside": self.set_aside,
            "unreadable": self.unreadable.total,
        }


@dataclass
class Report:
    """What became of all that the origin has."""

    import_id: int
    origin: str
    identity: str
    is_dry_run: bool
    is_complete: bool = False  # everything was brought, or would be
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    links: LinkTallies = field(default_factory=LinkTallies)
    clicks: Clicks = field(default_factory=Clicks)

    @property
    def has_clashes(self) -> bool:
        """Whether links clash and nothing was said about that, so that nothing was written."""
        return self.outcomes.get(Outcome.CLASH, 0) > 0

    @property
    def has_losses(self) -> bool:
        """Whether something could not be brought that nobody said to leave out."""
        problems = (self.links.refused, self.links.unreadable, self.clicks.unreadable)
        return any(tally.total for tally in problems)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it. Counts of links: see the names of Outcome."""
        count = self.outcomes.get
        return {
            "import_id": self.import_id,
            "origin": self.origin,
            "origin_identity": self.identity,
            "dry_run": self.is_dry_run,
            "complete": self.is_complete,
            "links": {
                "read": sum(self.outcomes.values()) + self.links.unreadable.total,
                "created": count(Outcome.CREATE, 0),
                "attached": count(Outcome.ATTACH, 0),
                "created_before": count(Outcome.SAME, 0),
                "shared": count(Outcome.SHARE, 0),
                "skipped": count(Outcome.SKIP, 0),
                "clashing": count(Outcome.CLASH, 0),
                "refused": count(Outcome.REFUSE, 0),
                "unreadable": self.links.unreadable.total,
            },
            "clicks": self.clicks.to_dict(),
            "link_problems": self.links.refused.to_dict() | self.links.unreadable.to_dict(),
            "link_clashes": self.links.clashes.to_dict(),
            "link_adjustments": self.links.adjusted.to_dict(),
            "click_problems": self.clicks.set_aside_by_reason.to_dict() | self.clicks.unreadable.to_dict(),
        }

    def lines(self) -> Iterator[str]:
        """Yield it as text for people."""
        values = self.to_dict()
        yield f"{'Would import' if self.is_dry_run else 'Import'} {self.import_id} of {self.origin} {self.identity}"
        for noun in ("links", "clicks"):
            counts = values[noun]
            told = ", ".join(f"{count:,} {_words(name)}" for name, count in counts.items() if count or name == "read")
            yield f"{noun}: {told}"
        for title, name in (
            ("links that clash", "link_clashes"),
            ("links with problems", "link_problems"),
            ("links that were adjusted", "link_adjustments"),
            ("clicks with problems", "click_problems"),
        ):
            yield from _reason_lines(title, values[name])
        if self.has_clashes and not self.is_dry_run:
            yield "nothing was written: say what becomes of links that clash (--on-clash skip, suffix or domain)"


def _reason_lines(title: str, reasons: dict[str, Any]) -> Iterator[str]:
    if reasons:
        yield f"{title}:"
    for name, reason in reasons.items():
        yield f"  {name}: {reason['count']:,}"
        yield from (f"    {example}" for example in reason["examples"])
        if reason["count"] > len(reason["examples"]):
            yield "    ..."


def _words(name: str) -> str:
    return name.replace("_", " ")
