"""Finding a link: memory, then Redis, then links; one lookup at a time for each code, many codes in one round trip."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from services.common import errors
from services.redirect import metrics
from services.redirect.domain.resolution import Finding, Resolution
from services.redirect.resolving.cache import Cache, Entry
from services.runtime import log
from services.runtime.batches import Batches

REVALIDATE_SECONDS: Final = 0.5
LOOKUP_SECONDS: Final = 2.0
# How long stale entries are served without trying after links did not answer.
EXCUSE_SECONDS: Final = 1.0

_logger = log.get(__name__)


class SharedCache(Protocol):
    """What replicas share."""

    async def get_many(self, keys: Sequence[str]) -> Sequence[Resolution | None]:
        """Return a link for each key (host/code); None where it is not there, for all of them when Redis is down."""
        ...


class Links(Protocol):
    """The links service."""

    async def resolve_many(self, names: Sequence[tuple[str, str]], seconds: float) -> Sequence[Finding]:
        """Find the link of each host and code, or the domain that has none.

        Raise LinkmeterError when links does not answer in so many seconds.
        """
        ...


@dataclass(slots=True, eq=False)
class _Lookup:
    """A code that is being looked up."""

    host: str
    code: str
    # The entry in memory, too old to be used unasked.
    known: Entry | None
    # Who waits. None as a result: nobody answered.
    waiting: "list[asyncio.Future[Finding | None]]" = field(default_factory=list)
    # False once the link changed while we asked: the answer may be the old one.
    may_keep: bool = True
    is_over: bool = False

    @property
    def key(self) -> str:
        """What names the link in memory and in Redis."""
        return f"{self.host}/{self.code}"


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
        # Where memory can help out, it soon does.
        self._first_looks = Batches[_Lookup](partial(self._look_up, seconds=LOOKUP_SECONDS))
        self._further_looks = Batches[_Lookup](partial(self._look_up, seconds=REVALIDATE_SECONDS))
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
        finding = await self._join_lookup(key, host, code, known)
        if finding is not None:
            return finding
        if known is None:
            metrics.LOOKUPS.count("failed")
            raise errors.Unavailable("links did not answer")
        self._excused_until = known.excused_until = self._monotonic() + EXCUSE_SECONDS
        return self._stale(known)

    def _stale(self, known: Entry) -> Finding:
        metrics.LOOKUPS.count("stale")
        return known.finding

    def _join_lookup(self, key: str, host: str, code: str, known: Entry | None) -> "asyncio.Future[Finding | None]":
        """Return what becomes the outcome of a lookup of the code: the one under way, or else a new one.

        It is the caller's own: a visitor who goes away does not end the lookup for the others.
        """
        lookup = self._lookups.get(key)
        if lookup is None:
            lookup = self._lookups[key] = _Lookup(host, code, known)
            (self._further_looks if known else self._first_looks).add(lookup)
        else:
            metrics.LOOKUPS_JOINED.inc()
        waiter: asyncio.Future[Finding | None] = asyncio.get_running_loop().create_future()
        lookup.waiting.append(waiter)
        return waiter

    async def _look_up(self, lookups: list[_Lookup], *, seconds: float) -> None:
        """End all lookups within so many seconds, whatever happens."""
        try:
            async with asyncio.timeout(seconds):
                unshared = await self._take_shared(lookups)
                if unshared:
                    await self._ask_links(unshared, seconds)
        except (errors.LinkmeterError, TimeoutError):
            pass
        except Exception as problem:  # noqa: BLE001 - visitors wait
            _logger.failure("lookup_failed", problem)
        finally:
            for lookup in lookups:
                self._end(lookup, None)

    async def _take_shared(self, lookups: list[_Lookup]) -> list[_Lookup]:
        """End the lookups of links that Redis knows, and return the others."""
        unshared = []
        found = await self._shared.get_many([lookup.key for lookup in lookups])
        for lookup, shared in zip(lookups, found, strict=True):
            if shared is None or _is_older(shared, lookup.known):
                unshared.append(lookup)
            else:
                metrics.LOOKUPS.count("redis")
                self._end(lookup, shared)
        return unshared

    async def _ask_links(self, lookups: list[_Lookup], seconds: float) -> None:
        findings = await self._links.resolve_many([(lookup.host, lookup.code) for lookup in lookups], seconds)
        for lookup, finding in zip(lookups, findings, strict=True):
            metrics.LOOKUPS.count("links")
            self._end(lookup, finding)

    def _end(self, lookup: _Lookup, finding: Finding | None) -> None:
        """Tell who waits what was found, None for nothing; once only."""
        if lookup.is_over:
            return
        lookup.is_over = True
        key = lookup.key
        if self._lookups.get(key) is lookup:
            del self._lookups[key]
        if finding is not None and lookup.may_keep:
            self._cache.put(key, finding, self._monotonic())
        for waiter in lookup.waiting:
            if not waiter.done():
                waiter.set_result(finding)

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
