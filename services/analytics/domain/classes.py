"""What follows links: the definition of a human click. docs/counting.md tells its history."""

from enum import IntEnum
from typing import Final

from services.common.bots import AgentKind, is_loading_ahead, kind_of

# To be raised with every change of what class_of returns; stored clicks follow by the command reclassify.
DEFINITION: Final = 3


class ClickClass(IntEnum):
    """What followed a link; the numbers are the contract's, and stored."""

    UNCLASSIFIED = 0
    PERSON = 1
    BOT = 2
    PREVIEW = 3
    MONITOR = 4
    PREFETCH = 5
    MAIL_SCANNER = 6

    @property
    def label(self) -> str:
        """The value of the dimension."""
        return _LABELS[self]


_LABELS: Final = {member: "" if member == 0 else member.name.lower() for member in ClickClass}
_OF_KIND: Final = {
    AgentKind.BOT: ClickClass.BOT,
    AgentKind.PREVIEW: ClickClass.PREVIEW,
    AgentKind.MONITOR: ClickClass.MONITOR,
    AgentKind.MAIL_SCANNER: ClickClass.MAIL_SCANNER,
}


def class_of(user_agent: str, purpose: str) -> ClickClass:
    """Return what followed a link. A program that names itself is that, whatever else it says."""
    kind = kind_of(user_agent)
    if kind is not AgentKind.PERSON:
        return _OF_KIND[kind]
    return ClickClass.PREFETCH if is_loading_ahead(purpose) else ClickClass.PERSON
