"""Following a link, and looking at where it leads."""

from typing import Final, Protocol

from services.common import access_ticket, errors, request_id
from services.common.clock import Clock
from services.redirect import pages, scan_limits
from services.redirect.answer import Answer, redirect
from services.redirect.domain import decision
from services.redirect.domain.resolution import Resolution
from services.redirect.facts import Facts
from services.redirect.recorder import Recorder
from services.redirect.resolver import Resolver
from services.redirect.scan_limits import ScanLimits

RETRY_AFTER_SECONDS: Final = 2


class Consumer(Protocol):
    """Who keeps count of links that can be followed a limited number of times."""

    async def consume(self, link_id: int) -> bool:
        """Take one of a link's follows; False when none is left."""
        ...


class Following:
    """Decides, records and redirects."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        consumer: Consumer,
        recorder: Recorder,
        limits: ScanLimits,
        clock: Clock,
        secret: str,
    ) -> None:
        self._resolver = resolver
        self._consumer = consumer
        self._recorder = recorder
        self._limits = limits
        self._clock = clock
        self._secret = secret

    async def follow(self, code: str, facts: Facts, *, started: float) -> Answer:
        """Answer what a visitor of the link meets; only a GET that leads on is a click."""
        try:
            resolution = await self._find(code, facts)
        except errors.ResourceExhausted as problem:
            return pages.too_many_unknown(problem.retry_after_seconds, as_json=facts.prefers_json)
        except errors.Unavailable:
            return pages.unavailable(RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        now = self._clock.now()
        decided = decision.decide(
            resolution,
            now,
            is_opened=self._is_opened(resolution, facts),
            is_looking=resolution is not None and resolution.max_clicks > 0 and facts.is_looking,
        )
        if isinstance(decided, decision.Consume):
            return await self._consume(decided.resolution, facts, started=started)
        if isinstance(decided, decision.Found):
            return await self._lead_on(decided.resolution, facts, started=started)
        return await self._refuse(decided, facts)

    async def preview(self, code: str, facts: Facts) -> Answer:
        """Show where a link leads, without following it."""
        try:
            resolution = await self._find(code, facts)
        except errors.ResourceExhausted as problem:
            return pages.too_many_unknown(problem.retry_after_seconds, as_json=facts.prefers_json)
        except errors.Unavailable:
            return pages.unavailable(RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        decided = decision.decide(resolution, self._clock.now(), is_opened=False, is_looking=True)
        if isinstance(decided, decision.NotFound | decision.Gone):
            return await self._refuse(decided, facts)
        return pages.preview(decided.resolution)

    async def find(self, code: str, facts: Facts) -> decision.Decision:
        """Decide for a visitor without ticket, as the password form needs it."""
        resolution = await self._find(code, facts)
        return decision.decide(resolution, self._clock.now(), is_opened=False, is_looking=False)

    async def nothing_there(self, facts: Facts) -> Answer:
        """Answer for a code or path that names nothing, and slow down who asks for many."""
        if await self._limits.note_unknown(facts.client_ip):
            return pages.too_many_unknown(scan_limits.RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        return pages.not_found(as_json=facts.prefers_json)

    async def _find(self, code: str, facts: Facts) -> Resolution | None:
        if not facts.host:
            return None
        if entry := self._resolver.at_hand(facts.host, code):
            return entry.resolution
        if self._limits.is_scanning(facts.client_ip):
            raise errors.ResourceExhausted("scanning for codes", scan_limits.RETRY_AFTER_SECONDS)
        # Only what leaves this process needs an id; the common case does not.
        request_id.adopt(facts.request_id)
        return await self._resolver.resolve(facts.host, code)

    def _is_opened(self, resolution: Resolution | None, facts: Facts) -> bool:
        if resolution is None or not resolution.password_version:
            return False
        name = access_ticket.COOKIE_PREFIX + resolution.code
        return any(
            access_ticket.is_valid(
                self._secret, ticket, resolution.link_id, resolution.password_version, self._clock.now()
            )
            for ticket in facts.cookies_named(name)
        )

    async def _consume(self, resolution: Resolution, facts: Facts, *, started: float) -> Answer:
        request_id.adopt(facts.request_id)
        try:
            is_granted = await self._consumer.consume(resolution.link_id)
        except errors.LinkmeterError:
            return pages.unavailable(RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        if not is_granted:
            return pages.gone(as_json=facts.prefers_json)
        return await self._lead_on(resolution, facts, started=started)

    async def _lead_on(self, resolution: Resolution, facts: Facts, *, started: float) -> Answer:
        if facts.method == "GET":
            await self._recorder.record(resolution, facts, now=self._clock.now(), started=started)
        return redirect(resolution.redirect_status, resolution.destination)

    async def _refuse(self, decided: decision.Decision, facts: Facts) -> Answer:
        match decided:
            case decision.Gone():
                return pages.gone(as_json=facts.prefers_json)
            case decision.PasswordRequired():
                return pages.password_form(as_json=facts.prefers_json)
            case decision.BrowserOnly():
                return pages.open_in_browser(as_json=facts.prefers_json)
            case _:
                return await self.nothing_there(facts)
