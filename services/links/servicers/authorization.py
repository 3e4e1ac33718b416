"""Envoy's external authorization: puts the caller into the request's headers."""

import base64
from collections.abc import Callable
from http import HTTPStatus

from google.protobuf.json_format import MessageToJson
from google.rpc import status_pb2

from linkmeter.gateway.authz.v3 import ext_authz_pb2, ext_authz_pb2_grpc
from services.common.errors import LinkmeterError, Unauthenticated, Unavailable
from services.links.authentication import Authenticator, Context
from services.links.domain.browser import BrowserCall
from services.runtime import rpc_errors
from services.runtime.caller_metadata import ACCOUNT_KEY, CALLER_KEY, account_of, to_message

# Turns "PostgreSQL is down" into an error of ours.
Translator = Callable[[Exception], LinkmeterError | None]


class AuthorizationServicer(ext_authz_pb2_grpc.AuthorizationServicer):
    """Authenticates for Envoy, so that services behind it see callers instead of credentials."""

    def __init__(self, *, authenticator: Authenticator, translate: Translator) -> None:
        self._authenticator = authenticator
        self._translate = translate

    async def Check(self, request: ext_authz_pb2.CheckRequest, context: Context) -> ext_authz_pb2.CheckResponse:
        """Let the request of a known caller through, and answer others in its place."""
        del context
        http = request.attributes.request.http
        try:
            caller = await self._authenticator.of_call(BrowserCall(http.headers, http.host))
        except Unauthenticated as problem:
            return _denied(HTTPStatus.UNAUTHORIZED, problem, ("www-authenticate", "Bearer"))
        except Exception as problem:
            outage = self._translate(problem)
            if not isinstance(outage, Unavailable):
                raise
            return _denied(HTTPStatus.SERVICE_UNAVAILABLE, outage, ("retry-after", str(outage.retry_after_seconds)))
        # As gRPC puts binary metadata on the wire: base64, unpadded.
        value = base64.b64encode(to_message(caller).SerializeToString()).decode().rstrip("=")
        headers = [_header(CALLER_KEY, value), _header(ACCOUNT_KEY, account_of(caller))]
        ok = ext_authz_pb2.OkHttpResponse(headers=headers)
        return ext_authz_pb2.CheckResponse(status=status_pb2.Status(), ok_response=ok)


def _denied(http_status: HTTPStatus, problem: LinkmeterError, header: tuple[str, str]) -> ext_authz_pb2.CheckResponse:
    status = rpc_errors.status_of(problem)
    denied = ext_authz_pb2.DeniedHttpResponse(
        status=ext_authz_pb2.HttpStatus(code=http_status),
        headers=[_header("content-type", "application/json"), _header(*header)],
        body=MessageToJson(status, indent=None),
    )
    return ext_authz_pb2.CheckResponse(status=status, denied_response=denied)


def _header(key: str, value: str) -> ext_authz_pb2.HeaderValueOption:
    return ext_authz_pb2.HeaderValueOption(header=ext_authz_pb2.HeaderValue(key=key, value=value))
