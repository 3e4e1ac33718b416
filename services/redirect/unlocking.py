"""Unlock a link that has a password: a plain form, no script."""

from collections.abc import Awaitable, Callable
from datetime import UTC
from email.utils import format_datetime
from typing import Final, Protocol, TypeAlias
from urllib.parse import parse_qs

from services.common import access_ticket, errors
from services.redirect import pages, scan_limits
from services.redirect.domain import decision
from services.redirect.domain.forwarding import forward
from services.redirect.domain.resolution import Resolution
from services.redirect.following import RETRY_AFTER_SECONDS, Following
from services.redirect.request_facts import RequestFacts
from services.redirect.resolving.backends import AccessGrant
from services.redirect.response import CACHE_CONTROL, ROBOTS, Response
from services.runtime import request_id

FORM_TYPE: Final = "application/x-www-form-urlencoded"
FIELD: Final = "password"
MAX_PASSWORD: Final = 256
# The longest password, every byte of four percent-encoded, and some room for what a browser adds.
MAX_BODY_BYTES: Final = 4096
_MAX_FIELDS: Final = 8

# Reads a request's body up to so many bytes; None when it has more, TimeoutError when it does not end.
BodyReader: TypeAlias = Callable[[int], Awaitable[bytes | None]]


class PasswordChecker(Protocol):
    """Who knows the passwords and limits the guesses."""

    async def verify_password(self, *, host: str, code: str, password: str, client_ip: str) -> AccessGrant:
        """Check a guess; raise PermissionDenied when it is wrong, and ResourceExhausted after too many."""
        ...


class Unlocking:
    """Handles the password form."""

    def __init__(self, *, following: Following, checker: PasswordChecker) -> None:
        self._following = following
        self._checker = checker

    async def unlock(self, code: str, facts: RequestFacts, read_body: BodyReader, *, started: float) -> Response:
        """Set a cookie with an access ticket for the right password, or follow a link whose redirect keeps the method.

        A form with a password is for us alone: no destination gets what was meant for a link that had a password just
        now. Otherwise a POST has no effect.
        """
        try:
            decided = await self._following.find(code, facts)
            if _keeps_method(decided) and not await _is_password_form(facts, read_body):
                return await self._following.follow(code, facts, started=started)
            password = await _read_password(facts, read_body)
        except _BadForm as problem:
            return pages.bad_request(problem.status, str(problem), as_json=facts.prefers_json)
        except errors.ResourceExhausted:
            return pages.too_many_unknown(scan_limits.RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        except errors.Unavailable:
            return pages.unavailable(RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        return await self._respond(decided, code, password, facts)

    async def _respond(self, decided: decision.Decision, code: str, password: str, facts: RequestFacts) -> Response:
        match decided:
            case decision.NotFound():
                return await self._following.unknown(facts)
            case decision.Gone(resolution) if not resolution.expired_destination:
                return pages.gone(as_json=facts.prefers_json)
            case decision.PasswordRequired(resolution):
                return await self._check(resolution, code, password, facts)
            case _:
                # The password was removed while the form stood open, or the link ended and leads elsewhere.
                return _see(decided.resolution, code, facts)

    async def _check(self, resolution: Resolution, code: str, password: str, facts: RequestFacts) -> Response:
        if not 1 <= len(password) <= MAX_PASSWORD:
            return pages.password_form(is_wrong=True, as_json=facts.prefers_json)
        request_id.adopt(facts.request_id)
        try:
            grant = await self._checker.verify_password(
                host=facts.host, code=code, password=password, client_ip=facts.client_ip
            )
        except (errors.PermissionDenied, errors.NotFound, errors.InvalidArgument):
            return pages.password_form(is_wrong=True, as_json=facts.prefers_json)
        except errors.ResourceExhausted as problem:
            return pages.too_many_guesses(problem.retry_after_seconds, as_json=facts.prefers_json)
        except errors.LinkmeterError:
            return pages.unavailable(RETRY_AFTER_SECONDS, as_json=facts.prefers_json)
        return _see(resolution, code, facts, _cookie(code, grant, is_secure=facts.scheme == "https"))


class _BadForm(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _keeps_method(decided: decision.Decision) -> bool:
    return isinstance(decided, decision.Found | decision.Consume) and decided.resolution.keeps_method


async def _is_password_form(facts: RequestFacts, read_body: BodyReader) -> bool:
    """Return whether this is the form of our own page: a password and nothing else."""
    try:
        body = await read_body(MAX_BODY_BYTES) if _is_form(facts) else None
    except TimeoutError:
        return False
    return body is not None and list(_fields_of(body)) == [FIELD]


def _is_form(facts: RequestFacts) -> bool:
    return facts.content_type.partition(";")[0].strip().lower() == FORM_TYPE


async def _read_password(facts: RequestFacts, read_body: BodyReader) -> str:
    if not _is_form(facts):
        raise _BadForm(415, f"Only {FORM_TYPE} is accepted.")
    try:
        body = await read_body(MAX_BODY_BYTES)
    except TimeoutError:
        raise _BadForm(408, "The form did not arrive in time.") from None
    if body is None:
        raise _BadForm(413, "The form is too large.")
    values = _fields_of(body).get(FIELD, [])
    if len(values) != 1:
        raise _BadForm(400, "The form is malformed.")
    return values[0]


def _fields_of(body: bytes) -> dict[str, list[str]]:
    """Read the fields of a form; none when it is malformed."""
    try:
        return parse_qs(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        return {}


def _see(resolution: Resolution, code: str, facts: RequestFacts, cookie: str = "") -> Response:
    """Return the redirect to the link itself, by GET, with what of the query goes on from there."""
    cookies = [("set-cookie", cookie)] if cookie else []
    return Response(
        303, [("location", forward(f"/{code}", facts.query, resolution.forward_query)), *cookies, CACHE_CONTROL, ROBOTS]
    )


def _cookie(code: str, grant: AccessGrant, *, is_secure: bool) -> str:
    expires = format_datetime(grant.expire_time.astimezone(UTC), usegmt=True)
    secure = "; Secure" if is_secure else ""
    name = access_ticket.COOKIE_PREFIX + code
    return f"{name}={grant.ticket}; Path=/{code}; Expires={expires}; HttpOnly; SameSite=Lax{secure}"
