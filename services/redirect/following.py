"""Follow a link, or preview where it leads.

A GET that leads on is a click of its link, as is any other method but HEAD where the redirect keeps the method. A GET
that finds nothing (404) or comes too late (410, or sent elsewhere) is an orphan visit of the domain, kept apart from
clicks. Being asked for a password is neither: it is a step of a visit that ends as one or the other, and a guess must
not write anything. Nor is whatever is refused for being too much.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final, Protocol

from services.common import access_ticket, bots, errors
from services.common.clock import Clock
from services.redirect import metrics, pages, scan_limits
from services.redirect.convert import OrphanResponse
from services.redirect.domain import decision
from services.redirect.domain.forwarding import forward
from services.redirect.domain.paths import is_reserved
from services.redirect.domain.resolution import Absent, Finding, Resolution
from services.redirect.recorder import Recorder
from services.redirect.request_facts import RequestFacts
from services.redirect.resolving.resolver import Resolver
from services.redirect.response import Response, redirect, redirect_again
from services.redirect.scan_limits import ScanLimits
from services.runtime import request_id

RETRY_AFTER_SECONDS: Final = 2
# Where an ended link leads to may change, or end as well.
ELSEWHERE_STATUS: Final = HTTPStatus.FOUND.value


READING: Final = frozenset({"GET", "HEAD"})
LINK_METHODS: Final = "GET, HEAD, POST"


class Consumer(Protocol):
    """What counts the follows of links that can be followed a limited number of times."""

    async def is_exhausted(self, host: str, code: str) -> bool:
        """Return whether no follow is left, without taking one; raise LinkmeterError when nobody can say."""
        ...

    async def consume(self, link_id: int) -> bool:
        """Take one of a link's follows, and return whether one was left; raise LinkmeterError when nobody can say."""
        ...


class Following:
    """Resolves, decides, records and redirects."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        consumer: Consumer,
        recorder: Recorder,
        limits: ScanLimits,
        clock: Clock,
        secret: str,
        is_indexable: bool = False,
    ) -> None:
        self._resolver = resolver
        self._consumer = consumer
        self._recorder = recorder
        self._limits = limits
        self._clock = clock
        self._secret = secret
        # Of links that do not say so themselves.
        self._is_indexable = is_indexable

    def follow_at_once(
        self, code: str, facts: RequestFacts, *, started: float, deliver: Callable[[Response], None]
    ) -> Response | None:
        """Follow a link in memory that needs no more than that, and return the response; else do nothing, return None.

        The click is recorded, and the response delivered once it is durable.
        """
        entry = self._resolver.at_hand(facts.host, code)
        resolution = entry.finding if entry else None
        if not isinstance(resolution, Resolution) or resolution.max_clicks or resolution.block_bots:
            return None
        now = self._clock.now()
        if not isinstance(decision.decide(resolution, now, is_opened=False, is_looking=False), decision.Found):
            return None
        metrics.LOOKUPS.count("memory")
        response = self._redirect(resolution, facts)
        self._recorder.record_at_once(resolution, facts, now=now, started=started, done=partial(deliver, response))
        return response

    async def follow(self, code: str, facts: RequestFacts, *, started: float) -> Response:
        """Return the response to a visitor of a link; only what leads on is a click."""
        try:
            finding = await self._find(code, facts)
        except errors.ResourceExhausted as problem:
            return pages.too_many_unknown(problem.retry_after_seconds, as_json=facts.prefers_json)
        except errors.Unavailable:
            return pages.unavailable(RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        now = self._clock.now()
        decided = decision.decide(
            finding,
            now,
            is_opened=self._is_opened(finding, facts),
            is_looking=isinstance(finding, Resolution) and finding.max_clicks > 0 and facts.is_looking,
        )
        is_over = isinstance(decided, decision.NotFound | decision.Gone)
        if not is_over and not _is_taken(facts.method, finding):
            return pages.method_not_allowed(LINK_METHODS, as_json=facts.prefers_json)
        if isinstance(decided, decision.Found):
            return await self._lead_on(decided.resolution, facts, now=now, started=started)
        return await self._respond(decided, finding, facts, started=started)

    async def _respond(
        self, decided: decision.Decision, finding: Finding, facts: RequestFacts, *, started: float
    ) -> Response:
        match decided:
            case decision.Consume(resolution):
                return await self._consume(resolution, facts, started=started)
            case decision.BrowserOnly(resolution) if await self._is_exhausted(resolution, facts):
                return await self._too_late(resolution, facts, started=started)
            case decision.Gone(resolution):
                return await self._too_late(resolution, facts, started=started)
            case decision.NotFound():
                return await self._not_found(finding, facts, started=started)
            case _:
                return await self._refuse(decided, facts)

    async def stray(self, facts: RequestFacts, *, started: float) -> Response:
        """Return the response to a path that can name no link."""
        try:
            # No code is empty, so this asks for the domain alone.
            finding = await self._find("", facts)
        except (errors.ResourceExhausted, errors.Unavailable):
            finding = Absent()
        return await self._not_found(finding, facts, started=started)

    async def preview(self, code: str, facts: RequestFacts) -> Response:
        """Return the page that shows where a link leads, without following it."""
        try:
            finding = await self._find(code, facts)
        except errors.ResourceExhausted as problem:
            return pages.too_many_unknown(problem.retry_after_seconds, as_json=facts.prefers_json)
        except errors.Unavailable:
            return pages.unavailable(RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        decided = decision.decide(finding, self._clock.now(), is_opened=False, is_looking=True)
        if isinstance(decided, decision.NotFound | decision.Gone):
            return await self._refuse(decided, facts)
        if decided.resolution.max_clicks and await self._is_exhausted(decided.resolution, facts):
            return pages.gone(as_json=facts.prefers_json)
        return pages.preview(decided.resolution)

    async def find(self, code: str, facts: RequestFacts) -> decision.Decision:
        """Return the decision for a visitor without ticket; raise ResourceExhausted to a scan, or Unavailable."""
        finding = await self._find(code, facts)
        return decision.decide(finding, self._clock.now(), is_opened=False, is_looking=False)

    async def unknown(self, facts: RequestFacts) -> Response:
        """Count a code or path that names nothing, and return 404, or 429 after too many."""
        if await self._limits.note_unknown(facts.client_ip):
            return pages.too_many_unknown(scan_limits.RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        return pages.not_found(as_json=facts.prefers_json)

    async def _find(self, code: str, facts: RequestFacts) -> Finding:
        if not facts.host:
            return Absent()
        if entry := self._resolver.at_hand(facts.host, code):
            metrics.LOOKUPS.count("memory")
            return entry.finding
        if self._limits.is_scanning(facts.client_ip):
            raise errors.ResourceExhausted("scanning for codes", scan_limits.RETRY_AFTER_SECONDS)
        # Only what leaves this process needs an id; the common case does not.
        request_id.adopt(facts.request_id)
        return await self._resolver.resolve(facts.host, code)

    def _is_opened(self, finding: Finding, facts: RequestFacts) -> bool:
        if isinstance(finding, Absent) or not finding.password_version:
            return False
        name = access_ticket.COOKIE_PREFIX + finding.code
        return any(
            access_ticket.is_valid(self._secret, ticket, finding.link_id, finding.password_version, self._clock.now())
            for ticket in facts.cookies_named(name)
        )

    async def _is_exhausted(self, resolution: Resolution, facts: RequestFacts) -> bool:
        """Return whether links has no follow left; False when it does not answer."""
        request_id.adopt(facts.request_id)
        try:
            return await self._consumer.is_exhausted(resolution.domain, resolution.code)
        except errors.LinkmeterError:
            return False

    async def _consume(self, resolution: Resolution, facts: RequestFacts, *, started: float) -> Response:
        request_id.adopt(facts.request_id)
        try:
            is_granted = await self._consumer.consume(resolution.link_id)
        except errors.LinkmeterError:
            return pages.unavailable(RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        if not is_granted:
            return await self._too_late(resolution, facts, started=started)
        return await self._lead_on(resolution, facts, now=self._clock.now(), started=started)

    async def _lead_on(self, resolution: Resolution, facts: RequestFacts, *, now: datetime, started: float) -> Response:
        if facts.method != "HEAD" and not (resolution.block_bots and bots.is_bot(facts.user_agent)):
            await self._recorder.record(resolution, facts, now=now, started=started)
        return self._redirect(resolution, facts)

    def _redirect(self, resolution: Resolution, facts: RequestFacts) -> Response:
        is_indexable = self._is_indexable if resolution.indexable is None else resolution.indexable
        location = forward(resolution.destination, facts.query, resolution.forward_query)
        respond = redirect_again if location is resolution.destination else redirect
        return respond(resolution.redirect_status, location, is_indexable=is_indexable)

    async def _too_late(self, resolution: Resolution, facts: RequestFacts, *, started: float) -> Response:
        elsewhere = resolution.expired_destination
        status = ELSEWHERE_STATUS if elsewhere else HTTPStatus.GONE.value
        await self._record_orphan(resolution, OrphanResponse(status, elsewhere), facts, started=started)
        return redirect_again(status, elsewhere) if elsewhere else pages.gone(as_json=facts.prefers_json)

    async def _not_found(self, finding: Finding, facts: RequestFacts, *, started: float) -> Response:
        response = await self.unknown(facts)
        # Who scans for codes is answered 429 and cannot fill the outbox.
        if response.status == HTTPStatus.NOT_FOUND and not is_reserved(facts.path):
            await self._record_orphan(finding, OrphanResponse(response.status), facts, started=started)
        return response

    async def _record_orphan(
        self, finding: Finding, response: OrphanResponse, facts: RequestFacts, *, started: float
    ) -> None:
        if facts.method == "GET" and finding.domain:
            await self._recorder.record_orphan(finding, response, facts, now=self._clock.now(), started=started)

    async def _refuse(self, decided: decision.Decision, facts: RequestFacts) -> Response:
        match decided:
            case decision.Gone():
                return pages.gone(as_json=facts.prefers_json)
            case decision.PasswordRequired():
                return pages.password_form(as_json=facts.prefers_json)
            case decision.BrowserOnly():
                return pages.open_in_browser(as_json=facts.prefers_json)
            case _:
                return await self.unknown(facts)


def _is_taken(method: str, finding: Finding) -> bool:
    return method in READING or (isinstance(finding, Resolution) and finding.keeps_method)
