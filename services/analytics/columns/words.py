"""The combinations of a group that occur, numbered, and what each dimension's value is in them."""

import re
import threading
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.analytics.columns.arrays import Ambiguous, Numbers
from services.analytics.columns.layout import PLACES, Fields, Group
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Value

# More than these are no longer a dictionary but the clicks once more, and as Python's strings the larger copy of them.
_MOST: Final = 100_000
# A combination's bytes, its strings, and their places in two tables.
_BYTES_EACH: Final = 600
_ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


class Words(dict[bytes, int]):
    """Numbers combinations in the order in which they come, by their text in COPY's format."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Fields] = []

    def __missing__(self, text: bytes) -> int:
        number = len(self.entries)
        if number == _MOST:
            raise Ambiguous
        self.entries.append(_fields_of(text))
        self[text] = number
        return number

    @property
    def nbytes(self) -> int:
        """About how much memory they take."""
        return len(self.entries) * _BYTES_EACH


@dataclass(frozen=True, slots=True)
class Coded:
    """A dimension's values, numbered, and which of them each combination has."""

    of_word: Numbers
    values: list[Value]


class Vocabulary:
    """The words of all groups. It only grows, so what was numbered stays as it is for whoever is counting."""

    def __init__(self) -> None:
        self.words: dict[Group, Words] = {group: Words() for group in Group}
        self._numbers: dict[Dimension, dict[Value, int]] = {}
        self._coded: dict[Dimension, Coded] = {}
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """About how much memory it takes."""
        return sum(words.nbytes for words in self.words.values())

    def coded(self, dimension: Dimension) -> Coded:
        """Answer a dimension's values in all words that there are."""
        place = PLACES[dimension]
        with self._lock:
            known = self._coded.get(dimension) or Coded(np.empty(0, np.int32), [])
            entries = self.words[place.group].entries[len(known.of_word) :]
            if entries:
                numbers = self._numbers.setdefault(dimension, {})
                added = [numbers.setdefault(place.value_of(fields), len(numbers)) for fields in entries]
                of_word = np.concatenate((known.of_word, np.array(added, np.int32)))
                # A new list: the old one belongs to whoever counts with it.
                known = self._coded[dimension] = Coded(of_word, list(numbers))
        return known


def _fields_of(text: bytes) -> Fields:
    fields = text.decode().split("\t")
    if b"\\" in text:
        fields = [_ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), field) for field in fields]
    return tuple(fields)
