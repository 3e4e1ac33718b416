"""Bring the clicks: an outbox in the origin's order, of which each click is stored once, whatever dies on the way."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from linkmeter.links.v1 import import_service_pb2
from linkmeter.moving.importing.batch_sizes import MOST_BYTES, MOST_CLICKS, size_in_request
from linkmeter.moving.importing.conversion import NO_LINK, imported_click
from linkmeter.moving.importing.options import ImportFailed
from linkmeter.moving.importing.server import ImportServer
from linkmeter.moving.importing.state import State
from linkmeter.moving.importing.tally import Tally
from linkmeter.moving.origin import OriginClick, Problem

FACT_MARK: Final = "mark"
_FACT_DIGEST: Final = "digest"
FACT_SET_ASIDE: Final = "set_aside"


@dataclass(frozen=True, slots=True)
class _Batch:
    clicks: list[import_service_pb2.ImportedClick]
    places: list[str]
    # Of all clicks up to the last of this batch.
    digest: str


class ClickSender:
    """Sends an origin's clicks. One batch is on its way while the next one is read."""

    def __init__(
        self,
        *,
        server: ImportServer,
        state: State,
        domain_for: Callable[[str], str],
        advance: Callable[[int], None],
    ) -> None:
        self._server = server
        self._state = state
        self._domain_for = domain_for
        self._advance = advance
        # The clicks of an origin without links are of links that are here.
        self._finds_by_code = not state.has_links()
        self._sequence = 0
        self.unreadable = Tally()
        self.set_aside = state.tally(FACT_SET_ASIDE)

    def send(self, clicks: Iterable[OriginClick | Problem], current: import_service_pb2.Import) -> int:
        """Bring all clicks that the import does not have yet, and return how many the origin has.

        Raise ImportFailed when the clicks that were brought earlier are not what the origin begins with.
        """
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="send") as sender:
            on_its_way: tuple[_Batch, Future[Any]] | None = None
            for batch in self._batches(clicks, current.acknowledged_sequence):
                if on_its_way:
                    self._settle(*on_its_way)
                on_its_way = batch, sender.submit(self._server.import_clicks, current.import_id, batch.clicks)
            if on_its_way:
                self._settle(*on_its_way)
        return self._sequence

    def _batches(self, clicks: Iterable[OriginClick | Problem], mark: int) -> Iterator[_Batch]:
        """Yield what comes after the mark. What comes before is compared with what was sent."""
        digest = hashlib.blake2b(digest_size=16)
        known_mark = int(self._state.fact(FACT_MARK) or 0)
        messages: list[import_service_pb2.ImportedClick] = []
        places: list[str] = []
        size = 0
        for click in self._readable(clicks):
            before = digest.hexdigest()
            digest.update(_content(click))
            if self._sequence == known_mark and digest.hexdigest() != self._state.fact(_FACT_DIGEST):
                raise ImportFailed(_changed(known_mark))
            if self._sequence <= mark:
                self._advance(1)
                continue
            message = self._message(click)
            more = size_in_request(message)
            if len(messages) == MOST_CLICKS or size + more > MOST_BYTES:
                yield _Batch(messages, places, before)
                messages, places, size = [], [], 0
            messages.append(message)
            places.append(click.place)
            size += more
        if self._sequence < max(mark, known_mark):
            raise ImportFailed(_changed(max(mark, known_mark)))
        if messages:
            yield _Batch(messages, places, digest.hexdigest())

    def _readable(self, clicks: Iterable[OriginClick | Problem]) -> Iterator[OriginClick]:
        for click in clicks:
            if isinstance(click, Problem):
                self.unreadable.add(click.reason, click.place, click.message)
            else:
                self._sequence += 1
                yield click

    def _message(self, click: OriginClick) -> import_service_pb2.ImportedClick:
        if self._finds_by_code:
            return imported_click(click, self._sequence, domain=self._domain_for(click.domain))
        link_id = self._state.link_for(click.domain, click.code)
        return imported_click(click, self._sequence, link_id=link_id or NO_LINK)

    def _settle(self, batch: _Batch, sent: "Future[import_service_pb2.ImportClicksResponse]") -> None:
        """Wait until a batch is stored, and note it."""
        answer = sent.result()
        first, last = batch.clicks[0].sequence, batch.clicks[-1].sequence
        for click in answer.set_aside:
            self.set_aside.add(click.reason.upper(), batch.places[click.sequence - first])
        self._state.note(
            **{
                FACT_MARK: str(last),
                _FACT_DIGEST: batch.digest,
                FACT_SET_ASIDE: self.set_aside.to_json(),
            }
        )
        self._advance(len(batch.clicks))


def _content(click: OriginClick) -> bytes:
    """Return what makes a click the one that it is."""
    parts = (
        click.domain,
        click.code,
        click.time.isoformat(),
        click.referrer,
        click.user_agent,
        click.ip,
        click.country,
        click.accept_language,
    )
    return "\0".join(parts).encode("utf-8", "replace") + b"\n"


def _changed(mark: int) -> str:
    return (
        f"the first {mark} clicks were brought by an earlier run, and the origin does not begin with the same ones any "
        "more: going on would count clicks twice or miss some. Undo the import and begin anew, or bring the origin "
        "back into its former order"
    )
