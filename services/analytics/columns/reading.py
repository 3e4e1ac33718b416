"""Read what COPY writes of clicks: numpy reads the numbers, and dictionaries number the rest."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.analytics.columns.arrays import Ambiguous, Bytes, Flags, Keys, Longs, Numbers
from services.analytics.columns.layout import (
    FIELDS,
    FIRST_FIELD,
    LATENCY_DIGITS,
    LATENCY_OFFSET,
    TIME_DIGITS,
    Group,
    is_human,
)
from services.analytics.columns.visitors import Visitors
from services.analytics.columns.words import Vocabulary

_TAB: Final = 9
_NEWLINE: Final = 10
_ZERO: Final = 48
_VISITOR_BYTES: Final = 16
_DIGIT_OF: Final = np.zeros(256, np.uint8)
for _digit, _character in enumerate(b"0123456789abcdef"):
    _DIGIT_OF[_character] = _digit


@dataclass(frozen=True, slots=True)
class Text:
    """Clicks as they were read: numbers, and the visitors in halves."""

    time: Longs
    latency: Numbers
    halves: Keys
    # Visitors of different lengths could look alike.
    visitor_digits: int
    words: dict[Group, Numbers]


@dataclass(frozen=True, slots=True)
class Block:
    """Clicks in the order of their times."""

    time: Longs
    latency: Numbers
    visitor: Numbers
    human: Flags
    words: dict[Group, Numbers]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        own = self.time.nbytes + self.latency.nbytes + self.visitor.nbytes + self.human.nbytes
        return own + sum(numbers.nbytes for numbers in self.words.values())


def read(text: bytes, vocabulary: Vocabulary) -> Text:
    """Read whole lines."""
    characters = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(characters == _NEWLINE)
    all_tabs = np.flatnonzero(characters == _TAB)
    if len(all_tabs) != len(ends) * (FIELDS - 1):
        raise Ambiguous
    tabs = all_tabs.reshape(len(ends), FIELDS - 1)
    starts = np.concatenate((np.zeros(1, ends.dtype), ends[:-1] + 1))
    latency = _digits(characters, tabs[:, 0] + 1, tabs[:, 1], LATENCY_DIGITS) - LATENCY_OFFSET
    halves, visitor_digits = _halves(characters, tabs[:, 1] + 1, tabs[:, 2])
    words, field = {}, FIRST_FIELD
    for group in Group:
        beyond = field + len(group.value)
        until = tabs[:, beyond - 1] if beyond < FIELDS else ends
        number = vocabulary.words[group].__getitem__
        pieces = map(slice, (tabs[:, field - 1] + 1).tolist(), until.tolist())
        words[group] = np.fromiter((number(text[piece]) for piece in pieces), np.int32, len(ends))
        field = beyond
    return Text(
        time=_digits(characters, starts, tabs[:, 0], TIME_DIGITS),
        latency=latency.astype(np.int32),
        halves=halves,
        visitor_digits=visitor_digits,
        words=words,
    )


def block_of(texts: list[Text], visitors: Visitors, vocabulary: Vocabulary) -> Block:
    """Put what was read together."""
    if any(text.visitor_digits != texts[0].visitor_digits for text in texts):
        raise Ambiguous
    words = {group: np.concatenate([text.words[group] for text in texts]) for group in Group}
    human = np.array([is_human(fields) for fields in vocabulary.words[Group.REQUEST].entries], np.bool_)
    return ordered(
        Block(
            time=np.concatenate([text.time for text in texts]),
            latency=np.concatenate([text.latency for text in texts]),
            visitor=visitors.number(np.concatenate([text.halves for text in texts]), texts[0].visitor_digits),
            human=human[words[Group.REQUEST]],
            words=words,
        )
    )


def ordered(block: Block) -> Block:
    """Bring clicks into the order of their times."""
    order = np.argsort(block.time, kind="stable")
    return Block(
        time=block.time[order],
        latency=block.latency[order],
        visitor=block.visitor[order],
        human=block.human[order],
        words={group: numbers[order] for group, numbers in block.words.items()},
    )


def joined(one: Block, other: Block) -> Block:
    """Put clicks to clicks."""
    return ordered(
        Block(
            time=np.concatenate((one.time, other.time)),
            latency=np.concatenate((one.latency, other.latency)),
            visitor=np.concatenate((one.visitor, other.visitor)),
            human=np.concatenate((one.human, other.human)),
            words={group: np.concatenate((one.words[group], other.words[group])) for group in Group},
        )
    )


def no_clicks() -> Block:
    """Answer a block without clicks."""
    none = np.empty(0, np.int32)
    return Block(np.empty(0, np.int64), none, none, np.empty(0, np.bool_), dict.fromkeys(Group, none))


def _digits(characters: Bytes, starts: Longs, ends: Longs, count: int) -> Longs:
    if np.any(ends - starts != count):
        raise Ambiguous
    digits = characters[starts[:, None] + np.arange(count)] - np.uint8(_ZERO)
    if np.any(digits > 9):  # noqa: PLR2004 - the largest digit.
        raise Ambiguous
    numbers: Longs = digits @ (10 ** np.arange(count - 1, -1, -1, dtype=np.int64))
    return numbers


def _halves(characters: Bytes, starts: Longs, ends: Longs) -> tuple[Keys, int]:
    """Read visitors of one length from their hexadecimal digits."""
    count = int(ends[0] - starts[0])
    if np.any(ends - starts != count) or count > 2 * _VISITOR_BYTES:
        raise Ambiguous
    digits = _DIGIT_OF[characters[starts[:, None] + np.arange(count)]]
    visitors = np.zeros((len(starts), _VISITOR_BYTES), np.uint8)
    visitors[:, : count // 2] = (digits[:, 0::2] << 4) | digits[:, 1::2]
    return visitors.view(np.uint64), count
