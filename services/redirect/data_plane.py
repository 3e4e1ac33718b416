"""The HTTP face of redirect, whatever server carries its requests."""

import time
from collections.abc import Callable
from typing import Final

from services.common.hosts import OwnHosts
from services.redirect import metrics, pages
from services.redirect.domain.paths import Fixed, Follow, Preview, read_path
from services.redirect.following import LINK_METHODS, READING, Following
from services.redirect.request_facts import RequestFacts
from services.redirect.response import CACHE_CONTROL, Response, plain
from services.redirect.unlocking import BodyReader, Unlocking
from services.runtime import log, request_id, tracing

_READ_METHODS: Final = "GET, HEAD"
# What links are asked with that keep the method.
_WRITING: Final = frozenset({"PUT", "PATCH", "DELETE"})
# Crawlers that are let in build the cards of links, and see by X-Robots-Tag that they should list nothing.
_ROBOTS_TXT: Final = {True: "User-agent: *\nAllow: /\n", False: "User-agent: *\nDisallow: /\n"}

_logger = log.get(__name__)


class DataPlane:
    """The whole HTTP face of redirect."""

    def __init__(self, *, following: Following, unlocking: Unlocking, hosts: OwnHosts, lets_crawl: bool) -> None:
        self._following = following
        self._unlocking = unlocking
        self._hosts = hosts
        self._robots_txt = plain(200, _ROBOTS_TXT[lets_crawl])
        self._is_leaving = False

    def leave(self) -> None:
        """Fail the health check from now on, so that proxies send visitors elsewhere; who still comes is served."""
        self._is_leaving = True

    def respond_at_once(self, facts: RequestFacts, deliver: Callable[[Response], None]) -> bool:
        """Serve a GET of a link in memory that leads on, and return True; else return False and do nothing.

        The response is delivered once the click is durable. There is no coroutine, task or future: they would cost as
        much as all the rest.
        """
        if facts.method != "GET" or tracing.is_on():
            return False
        started = time.perf_counter()
        target = read_path(facts.path)
        if not isinstance(target, Follow):
            return False
        response = self._following.follow_at_once(target.code, facts, started=started, deliver=deliver)
        if response is None:
            return False
        metrics.RESPONSES.count(response.status)
        return True

    async def respond(self, facts: RequestFacts, read_body: BodyReader) -> Response:
        """Return the response to a request; an unexpected failure is a 503 without particulars."""
        try:
            with tracing.server_span("redirect", {}):
                response = await self._respond(facts, read_body)
        except Exception as problem:  # noqa: BLE001 - a visitor gets an answer, whatever happens
            request_id.adopt(facts.request_id)
            _logger.failure("unexpected_error", problem)
            response = pages.unavailable(1, as_json=facts.prefers_json)
        metrics.RESPONSES.count(response.status)
        return response

    async def _respond(self, facts: RequestFacts, read_body: BodyReader) -> Response:
        started = time.perf_counter()
        target = read_path(facts.path)
        is_reading = facts.method in READING
        match target:
            case Follow(code) if is_reading or facts.method in _WRITING:
                response = await self._following.follow(code, facts, started=started)
            case Follow(code) if facts.method == "POST":
                response = await self._unlocking.unlock(code, facts, read_body, started=started)
            case Preview(code) if is_reading:
                response = await self._following.preview(code, facts)
            case Fixed() if is_reading:
                response = self._fixed(target, facts)
            case None if is_reading:
                response = await self._following.stray(facts, started=started)
            case _:
                allowed = LINK_METHODS if isinstance(target, Follow) else _READ_METHODS
                response = pages.method_not_allowed(allowed, as_json=facts.prefers_json)
        return response

    def _fixed(self, target: Fixed, facts: RequestFacts) -> Response:
        match target:
            case Fixed.HEALTH:
                return plain(503, "leaving\n") if self._is_leaving else plain(200, "ok\n")
            case Fixed.ROBOTS:
                return self._robots_txt
            case Fixed.ICON:
                return Response(204, [CACHE_CONTROL])
            case Fixed.LANDING:
                if facts.host == self._hosts.name:
                    return pages.landing()
                return pages.not_found(as_json=facts.prefers_json)
