"""Counts of what happened, by reason, each with the first places where it did."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

_MOST_EXAMPLES: Final = 5


@dataclass
class Reason:
    """How often something happened, and where first."""

    count: int = 0
    # "line 12: what is wrong with it".
    examples: list[str] = field(default_factory=list)


@dataclass
class Tally:
    """Reasons by name (UPPER_SNAKE)."""

    reasons: dict[str, Reason] = field(default_factory=dict)

    def add(self, name: str, place: str, message: str = "") -> None:
        """Count one more."""
        reason = self.reasons.setdefault(name, Reason())
        reason.count += 1
        if len(reason.examples) < _MOST_EXAMPLES:
            reason.examples.append(f"{place}: {message}" if message else place)

    @property
    def total(self) -> int:
        """The sum over all reasons."""
        return sum(reason.count for reason in self.reasons.values())

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            name: {"count": reason.count, "examples": list(reason.examples)}
            for name, reason in sorted(self.reasons.items())
        }

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Tally":
        """Return what to_dict was made of."""
        return cls({name: Reason(value["count"], list(value["examples"])) for name, value in values.items()})
