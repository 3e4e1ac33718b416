"""What happens around every call: who asks and how the answer is written, failures included."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from google.api.httpbody_pb2 import HttpBody

from gateway.compat.bitly import envelope, forms
from gateway.compat.bitly.access import Access, Client, Credentials
from gateway.compat.bitly.envelope import Body, Format, Result, Style
from gateway.compat.bitly.errors import UNKNOWN_ERROR, Failure, Refusal, failure_of
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
    """Takes calls in and hands answers out."""

    def __init__(self, *, access: Access, limits: CallLimits) -> None:
        self._access = access
        self._limits = limits

    async def with_token(self, request: R, context: Context, work: Work[R], *, has_text: bool = False) -> HttpBody:
        """Answer a call that needs an access token."""
        return await self._answer(request, context, work, self._access.by_token, has_text=has_text)

    async def with_either(self, request: R, context: Context, work: Work[R], *, has_text: bool = False) -> HttpBody:
        """Answer a call that takes the older credential, too."""
        return await self._answer(request, context, work, self._access.by_either, has_text=has_text)

    async def refuse(self, request: envelope.Request, context: Context, refusal: Refusal) -> HttpBody:
        """Answer that a call cannot be taken in."""
        return await _send(context, envelope.failed(refusal.failure, envelope.style_of_failure(request)))

    async def _answer(
        self,
        request: R,
        context: Context,
        work: Work[R],
        authenticate: Callable[[Credentials, str], Awaitable[Client]],
        *,
        has_text: bool,
    ) -> HttpBody:
        failure: Failure
        try:
            style = envelope.style_of(request, has_text=has_text)
            forms.add_lists(request, context)
            client_ip = http_metadata.client_ip(context)
            await self._limits.spend_address(client_ip)
            client = await authenticate(request, client_ip)
            await self._limits.spend_key(client.account.caller)
            return await _send(context, _written(await work(request, client), style))
        except Refusal as refusal:
            failure = refusal.failure
        except errors.LinkmeterError as error:
            failure = failure_of(error)
        except Exception as error:  # noqa: BLE001 - Written as the caller asked; nothing of it gets out.
            metrics.UNEXPECTED_ERRORS.labels(_SERVICE).inc()
            _logger.failure("unexpected_error", error, method=type(request).__name__)
            failure = Failure(status_code=500, status_txt=UNKNOWN_ERROR)
        body = envelope.failed(failure, envelope.style_of_failure(request))
        return await _send(context, body, failure.retry_after_seconds)


def _written(result: Result, style: Style) -> Body:
    if style.format is Format.TXT and result.text is None:
        raise Refusal("INVALID_FORMAT")
    return envelope.succeeded(result, style)


async def _send(context: Context, body: Body, retry_after_seconds: int | None = None) -> HttpBody:
    # A script of some other site must not pass off data as what it is not.
    headers = {"x_content_type_options": "nosniff"}
    if retry_after_seconds is not None:
        headers["retry_after"] = str(retry_after_seconds)
    await http_metadata.send_status(context, body.http_status, **headers)
    return body.body
