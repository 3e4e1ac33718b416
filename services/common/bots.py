"""Find out by its user agent what drives an agent: a person, or which kind of program."""

from enum import IntEnum
from functools import cache, lru_cache
from typing import Final

import crawleruseragents
import re2
import ua_parser

from services.common import agent_patterns as patterns


class AgentKind(IntEnum):
    """What drives an agent. When several fit, the greatest is the answer: the others say less."""

    PERSON = 0
    # Any program that is of no other kind.
    BOT = 1
    # Shows people what a link leads to.
    PREVIEW = 2
    # Watches whether sites are up.
    MONITOR = 3
    # Checks the links in messages, for a mail provider or inside a mail program.
    MAIL_SCANNER = 4


# What the crawler list says of its entries, where that is a kind of ours.
_TAGS: Final = {"social-preview": AgentKind.PREVIEW, "monitoring": AgentKind.MONITOR}

# What browsers say in Purpose or Sec-Purpose of pages that nobody has opened yet.
_AHEAD: Final = ("prefetch", "prerender", "preview")


class _Patterns:
    """All patterns in one automaton, and the kind that each stands for."""

    def __init__(self) -> None:
        self._set = re2.Set.SearchSet()
        self._kinds: list[AgentKind] = []
        for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA:
            kinds = [_TAGS[tag] for tag in entry["tags"] if tag in _TAGS]
            self._add(patterns.REPLACED.get(entry["pattern"], entry["pattern"]), max(kinds, default=AgentKind.BOT))
        self._add(patterns.TOOLS, AgentKind.BOT)
        self._add(patterns.WORDS, AgentKind.BOT)
        self._add(patterns.PREVIEWS, AgentKind.PREVIEW)
        self._add(patterns.MONITORS, AgentKind.MONITOR)
        self._add(patterns.MAIL_SCANNERS, AgentKind.MAIL_SCANNER)
        self._set.Compile()

    def _add(self, pattern: str, kind: AgentKind) -> None:
        if pattern:
            self._set.Add(pattern)
            self._kinds.append(kind)

    def kind_of(self, text: str) -> AgentKind:
        """Return the kind of the patterns that match; PERSON for none."""
        # None when there is no match, whatever the stub says.
        found = self._set.Match(text) or ()
        return max((self._kinds[index] for index in found), default=AgentKind.PERSON)


@cache
def _patterns() -> _Patterns:
    return _Patterns()


# Handsets may be called anything: "M bot 60", "Cherry Sonic", "HTC Butterfly". Only what follows the version of Android
# is such a name; a program that names itself does so elsewhere.
_HANDSET: Final = re2.compile(r"(Android [0-9.]+;(?: ?[A-Za-z]{2}[-_][A-Za-z]{2};)?)[^;()]*(?:\([^()]*\)[^;()]*)?")
# Fewer letters, of which there are many, name nothing that could be judged.
_SHORTEST_NAME: Final = 5
_BROWSER_LIKE: Final = re2.compile(r"^(?:Mozilla|Opera)/")
_CALLS_ITSELF_COMPATIBLE: Final = re2.compile(r"(?i)^Mozilla/[0-9.]+ \(compatible[;)]|compatible; [^;)]*\+")
_ADDRESS: Final = re2.compile(patterns.ADDRESSES)
_ADDRESS_OF_PEOPLE: Final = re2.compile(patterns.ADDRESSES_OF_PEOPLE)
_OF_PEOPLE: Final = re2.compile(patterns.OF_PEOPLE)


def _is_program(text: str) -> bool:
    """Return whether an agent that no pattern knows behaves as programs do.

    It gives an address for complaints, ua-parser takes it for a spider, or it is neither a browser nor runs on anything
    that people use.
    """
    if _ADDRESS.search(text) and not _ADDRESS_OF_PEOPLE.search(text):
        return True
    found = ua_parser.parse(text)
    if found.device is not None and found.device.family == "Spider":
        return True
    if found.user_agent is not None or found.os is not None or found.device is not None:
        return False
    if len(text) < _SHORTEST_NAME:
        return False
    if _BROWSER_LIKE.search(text) and not _CALLS_ITSELF_COMPATIBLE.search(text):
        return False
    return not _OF_PEOPLE.search(text)


@lru_cache(maxsize=16_384)
def kind_of(user_agent: str) -> AgentKind:
    """Return what drives an agent. No agent at all is a bot's: every browser names itself."""
    if not user_agent.strip():
        return AgentKind.BOT
    # A lone surrogate cannot be encoded, which the pattern set would refuse with an exception.
    text = user_agent.encode("utf-8", "replace").decode()
    text = _HANDSET.sub(r"\1", text)
    kind = _patterns().kind_of(text)
    return AgentKind.BOT if kind is AgentKind.PERSON and _is_program(text) else kind


def is_bot(user_agent: str) -> bool:
    """Return whether an agent is automated, of whatever kind."""
    return kind_of(user_agent) is not AgentKind.PERSON


def is_loading_ahead(purpose: str) -> bool:
    """Return whether a browser asks for something that its user has not opened, by Purpose or Sec-Purpose."""
    text = purpose.lower()
    return any(word in text for word in _AHEAD)


def warm_up() -> None:
    """Compile the patterns now rather than on the first click."""
    kind_of("Mozilla/5.0")
