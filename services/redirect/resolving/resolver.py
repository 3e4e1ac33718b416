"""Finding a link: memory, then Redis, then links; one lookup at a time for each code."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from services.common import errors
from services.redirect import metrics
from services.redirect.domain.resolution import Finding, Resolution
from services.redirect.resolving.cache import Cache, Entry
from services.runtime import log

REVALIDATE_SECONDS: Final = 0.5
LOOKUP_SECONDS: Final = 2.0
# How long stale entries are served without trying after links did not answer.
EXCUSE_SECONDS: Final = 1.0

_logger = log.get(__name__)


class SharedCache(Protocol):
    """What replicas share."""

    async def get(self, key: str) -> Resolution | None:
        """Return a link by host/code; None when it is not there or Redis is down."""
        ...


class Links(Protocol):
    """The links service."""

    async def resolve(self, host: str, code: str, seconds: float) -> Finding:
        """Find a link, or the domain that has none; raise LinkmeterError when links does not answer in seconds."""
        ...


@dataclass(slots=True, eq=False)
class _Lookup:
    task: "asyncio.Task[Finding]"
    # False once the link changed while we asked: the answer may be the old one.
    may_keep: bool = True


class Resolver:
    """Resolves a host and a code to a link."""

    def __init__(
        self,
        *,
        cache: Cache,
        shared: SharedCache,
        links: Links,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = cache
        self._shared = shared
        self._links = links
        self._monotonic = monotonic
        self._lookups: dict[str, _Lookup] = {}
        self._excused_until = 0.0

    def at_hand(self, host: str, code: str) -> Entry | None:
        """Return the fresh entry in memory, without waiting; None when there is none."""
        entry = self._cache.get(f"{host}/{code}")
        if entry is None or not self._cache.is_fresh(entry, self._monotonic()):
            return None
        return entry

    async def resolve(self, host: str, code: str) -> Finding:
        """Find a link, or the domain that has none; raise Unavailable when neither links answers nor memory helps."""
        key = f"{host}/{code}"
        now = self._monotonic()
        known = self._cache.get(key)
        if known is not None and not self._cache.is_usable(known, now):
            known = None
        if known is not None and now < self._excused_until:
            return self._stale(known)
        try:
            return await self._join_lookup(key, host, code, known)
        except (errors.LinkmeterError, TimeoutError) as problem:
            if known is None:
                metrics.LOOKUPS.count("failed")
                raise errors.Unavailable("links did not answer") from problem
            self._excused_until = known.excused_until = self._monotonic() + EXCUSE_SECONDS
            return self._stale(known)

    def _stale(self, known: Entry) -> Finding:
        metrics.LOOKUPS.count("stale")
        return known.finding

    async def _join_lookup(self, key: str, host: str, code: str, known: Entry | None) -> Finding:
        lookup = self._lookups.get(key)
        if lookup is None:
            lookup = self._lookups[key] = _Lookup(asyncio.create_task(self._look_up(key, host, code, known)))
            lookup.task.add_done_callback(partial(self._finish, key, lookup))
        else:
            metrics.LOOKUPS_JOINED.inc()
        # A visitor who goes away must not end the lookup for the others.
        return await asyncio.shield(lookup.task)

    async def _look_up(self, key: str, host: str, code: str, known: Entry | None) -> Finding:
        seconds = LOOKUP_SECONDS if known is None else REVALIDATE_SECONDS
        async with asyncio.timeout(seconds):
            shared = await self._shared.get(key)
            if shared is not None and not _is_older(shared, known):
                metrics.LOOKUPS.count("redis")
                return shared
            finding = await self._links.resolve(host, code, seconds)
            metrics.LOOKUPS.count("links")
            return finding

    def _finish(self, key: str, lookup: _Lookup, task: "asyncio.Task[Finding]") -> None:
        if self._lookups.get(key) is lookup:
            del self._lookups[key]
        if task.cancelled() or task.exception() is not None:
            return
        if lookup.may_keep:
            self._cache.put(key, task.result(), self._monotonic())

    def invalidate(self, key: str) -> None:
        """Forget a link that was changed."""
        metrics.INVALIDATIONS.inc()
        self._cache.drop(key)
        if lookup := self._lookups.pop(key, None):
            lookup.may_keep = False

    def begin_watch(self) -> None:
        """Note that changes are announced from now on; everything learnt before needs another look."""
        for lookup in self._lookups.values():
            lookup.may_keep = False
        self._lookups.clear()
        self._cache.begin_watch()
        metrics.SUBSCRIBED.set(1)
        _logger.info("watching_changes")

    def end_watch(self) -> None:
        """Note that changes are not announced for the time being."""
        self._cache.end_watch()
        metrics.SUBSCRIBED.set(0)


def _is_older(shared: Resolution, known: Entry | None) -> bool:
    """Return whether Redis missed a change that memory knows of."""
    if known is None or not isinstance(known.finding, Resolution):
        return False
    return shared.revision < known.finding.revision
