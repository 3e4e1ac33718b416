"""What is the same for every call of BitlyService: credentials, limits and the envelope."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from google.api.httpbody_pb2 import HttpBody

from gateway.compat.bitly import envelope, forms
from gateway.compat.bitly.access import Access, Client, Credentials
from gateway.compat.bitly.envelope import Body, Format, Result, Style
from gateway.compat.bitly.errors import UNKNOWN_ERROR, Failure, failure_of
from gateway.compat.bitly.limits import CallLimits
from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from services.common import errors
from services.runtime import log, metrics

_logger = log.get(__name__)
_SERVICE: Final = "linkmeter.compat.bitly.v3.BitlyService"


class Request(envelope.Request, Credentials, Protocol):
    """What every request message has."""


R = TypeVar("R", bound=Request)
Work = Callable[[R, Client], Awaitable[Result]]


class Endpoint:
    """What every call goes through: its credential, its limits, and the format of its response, failures included."""

    def __init__(self, *, access: Access, limits: CallLimits) -> None:
        self._access = access
        self._limits = limits

    async def with_token(self, request: R, context: Context, work: Work[R], *, has_text: bool = False) -> HttpBody:
        """Return the response to a call that needs an access token; has_text says that the call has one value.

        A failure is a response, too: nothing is raised.
        """
        return await self._respond(request, context, work, self._access.by_token, has_text=has_text)

    async def with_either(self, request: R, context: Context, work: Work[R], *, has_text: bool = False) -> HttpBody:
        """Return the response to a call that takes an access token, or login and API key; else as with_token."""
        return await self._respond(request, context, work, self._access.by_either, has_text=has_text)

    async def fail(self, request: envelope.Request, context: Context, failure: Failure) -> HttpBody:
        """Return the response that reports a failure, in the format that the request asks for where that is one."""
        body = envelope.failed(failure, envelope.style_of_failure(request))
        return await _send(context, body, failure.retry_after_seconds)

    async def _respond(
        self,
        request: R,
        context: Context,
        work: Work[R],
        authenticate: Callable[[Credentials, str], Awaitable[Client]],
        *,
        has_text: bool,
    ) -> HttpBody:
        try:
            style = envelope.style_of(request, has_text=has_text)
            forms.add_lists(request, context)
            client_ip = http_metadata.client_ip(context)
            await self._limits.spend_address(client_ip)
            client = await authenticate(request, client_ip)
            await self._limits.spend_key(client.account.caller)
            return await _send(context, _written(await work(request, client), style))
        except Failure as failure:
            return await self.fail(request, context, failure)
        except errors.LinkmeterError as error:
            return await self.fail(request, context, failure_of(error))
        except Exception as error:  # noqa: BLE001 - The error interceptor knows no XML and no text; nothing of it gets out.
            metrics.UNEXPECTED_ERRORS.labels(_SERVICE).inc()
            _logger.failure("unexpected_error", error, method=type(request).__name__)
            return await self.fail(request, context, Failure(UNKNOWN_ERROR))


def _written(result: Result, style: Style) -> Body:
    if style.format is Format.TXT and result.text is None:
        raise Failure("INVALID_FORMAT")
    return envelope.succeeded(result, style)


async def _send(context: Context, body: Body, retry_after_seconds: int | None = None) -> HttpBody:
    # A script of some other site must not pass off data as what it is not.
    headers = {"x_content_type_options": "nosniff"}
    if retry_after_seconds is not None:
        headers["retry_after"] = str(retry_after_seconds)
    await http_metadata.send_status(context, body.http_status, **headers)
    return body.body
