"""The least-recently-used cache of links in memory, and how fresh each entry is."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from services.redirect import metrics
from services.redirect.domain.resolution import Finding, Resolution

LINKS: Final = 100_000
# Apart from the links, so that a scan for codes does not push them out.
MISSING: Final = 20_000
# Changes are announced; this is the net below, as long as that of the resolutions in Redis.
LINK_FRESH_SECONDS: Final = 60.0
MISSING_FRESH_SECONDS: Final = 2.0
UNWATCHED_FRESH_SECONDS: Final = 1.0
LINK_STALE_SECONDS: Final = 24 * 3600.0
MISSING_STALE_SECONDS: Final = 60.0


@dataclass(slots=True)
class Entry:
    """What was last learnt of a key."""

    finding: Finding
    learnt_at: float
    watch: int
    # Until then it serves although it is stale, because links did not answer a moment ago.
    excused_until: float = 0.0


class Cache:
    """Entries by key, host/code. A new watch (a subscription to changes) makes all older entries stale."""

    def __init__(self, *, links: int = LINKS, missing: int = MISSING) -> None:
        self._links: OrderedDict[str, Entry] = OrderedDict()
        self._missing: OrderedDict[str, Entry] = OrderedDict()
        self._most_links = links
        self._most_missing = missing
        self._watch = 0
        self._is_watched = False

    def begin_watch(self) -> None:
        """Trust what is learnt from now on: every change is announced. Earlier ones may have been missed."""
        self._watch += 1
        self._is_watched = True

    def end_watch(self) -> None:
        """Trust entries for a second only: changes are not announced for the time being."""
        self._is_watched = False

    def get(self, key: str) -> Entry | None:
        """Return the entry of a key, fresh or not; None when there is none."""
        entry = self._links.get(key)
        if entry is not None:
            self._links.move_to_end(key)
            return entry
        return self._missing.get(key)

    def is_fresh(self, entry: Entry, now: float) -> bool:
        """Return whether an entry can be used without asking anyone."""
        if now < entry.excused_until:
            return True
        lifetime = LINK_FRESH_SECONDS if isinstance(entry.finding, Resolution) else MISSING_FRESH_SECONDS
        if not self._is_watched:
            lifetime = UNWATCHED_FRESH_SECONDS
        return now - entry.learnt_at < lifetime and entry.watch == self._watch

    def is_usable(self, entry: Entry, now: float) -> bool:
        """Return whether an entry may be used while links cannot be asked."""
        lifetime = LINK_STALE_SECONDS if isinstance(entry.finding, Resolution) else MISSING_STALE_SECONDS
        return now - entry.learnt_at < lifetime

    def put(self, key: str, finding: Finding, now: float) -> None:
        """Store what was learnt of a key just now."""
        self.drop(key)
        is_link = isinstance(finding, Resolution)
        shelf, most = (self._links, self._most_links) if is_link else (self._missing, self._most_missing)
        shelf[key] = Entry(finding, now, self._watch)
        if len(shelf) > most:
            shelf.popitem(last=False)
        self._observe()

    def drop(self, key: str) -> None:
        """Delete a key."""
        self._links.pop(key, None)
        self._missing.pop(key, None)

    def _observe(self) -> None:
        _LINKS_GAUGE.set(len(self._links))
        _MISSING_GAUGE.set(len(self._missing))


_LINKS_GAUGE = metrics.CACHED_LINKS.labels("link")
_MISSING_GAUGE = metrics.CACHED_LINKS.labels("missing")
