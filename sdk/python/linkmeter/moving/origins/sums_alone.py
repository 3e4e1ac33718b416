"""Origins whose links say how often they were followed, and that tell nothing of single clicks."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from linkmeter.moving.origin import OriginClick, OriginLink, Problem
from linkmeter.moving.origins.fields import Item, OddItem, password_left_behind
from linkmeter.moving.origins.spool import seen_names


class SumsAlone(ABC):
    """Reads the links of an account page by page; clicks come as clicks_before."""

    # The product's name, and what its links call their code and whether they have a password.
    title: ClassVar[str]
    code_field: ClassVar[str]
    protected_field: ClassVar[str]

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the links, each once. Raise OriginError when they cannot be read."""
        with seen_names() as seen:
            for place, row in self._rows():
                try:
                    item = Item(row)
                    # A link that is made or deleted meanwhile moves others to another page.
                    if not seen.is_new(item.text("domain"), item.text(self.code_field)):
                        continue
                    link = self._link(place, item)
                except OddItem as odd:
                    yield odd.problem(place)
                    continue
                yield link
                if item.flag(self.protected_field):
                    yield password_left_behind(link, self.title)

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield nothing: sums are all that is told."""
        yield from ()

    def count_clicks(self) -> int | None:
        """Return 0: sums are all that is told."""
        return 0

    @abstractmethod
    def _rows(self) -> Iterator[tuple[str, Any]]:
        """Yield the links as they are told, each with its place for people."""

    @abstractmethod
    def _link(self, place: str, item: Item) -> OriginLink:
        """Read a link; raise OddItem for one that is none."""
