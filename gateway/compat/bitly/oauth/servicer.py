"""OAuth 2: how applications get an access token."""

import base64
import binascii
import json
from typing import Final
from urllib.parse import urlencode

from google.api.httpbody_pb2 import HttpBody

from gateway.compat.backends import Backends
from gateway.compat.bitly import envelope, forms
from gateway.compat.bitly.errors import INVALID, Failure, failure_of, missing
from gateway.compat.bitly.forms import Parameters
from gateway.compat.bitly.limits import CallLimits
from gateway.compat.bitly.oauth import pages
from gateway.compat.bitly.oauth.pages import AuthorizationRequest
from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from linkmeter.compat.bitly.v3 import bitly_pb2, bitly_pb2_grpc
from linkmeter.links.v1 import account_service_pb2, links_pb2, oauth_service_pb2
from services.common import errors

_WRONG_PASSWORD: Final = "Login and password do not belong together."  # noqa: S105 - Said of one, not one.
_NO_STORE: Final = {"cache_control": "no-store", "x_content_type_options": "nosniff"}
# These failures are not in the envelope's older way: applications look at the HTTP status first.
_HTTP_STATUSES: Final = {"INVALID_LOGIN": 401, "INVALID_CLIENT": 401, "INVALID_ARG_CODE": 400}


class BitlyOAuthServicer(bitly_pb2_grpc.BitlyOAuthServiceServicer):
    """Serves the authorization page and the exchange of tokens."""

    def __init__(self, *, backends: Backends, limits: CallLimits) -> None:
        self._backends = backends
        self._limits = limits

    async def Authorize(self, request: bitly_pb2.AuthorizeRequest, context: Context) -> HttpBody:
        """Return the page with the form; with HTTP status 400 a page that names the problem."""
        authorization = await self._authorization_request(request.client_id, request.redirect_uri, request.state)
        return await self._page(context, authorization)

    async def SubmitAuthorization(self, request: bitly_pb2.SubmitAuthorizationRequest, context: Context) -> HttpBody:
        """Redirect to the application with a code, or return the page again.

        Its HTTP status is 403 after a wrong password, 429 after too many guesses.
        """
        found = _parameters(request.form, context)
        authorization = await self._authorization_request(
            *(forms.first(found, name) for name in ("client_id", "redirect_uri", "state"))
        )
        if authorization is None:
            return await self._page(context, None)
        if forms.first(found, "decision") == "deny":
            return await _redirect(
                context, pages.location(authorization.redirect_uri, error="access_denied", state=authorization.state)
            )
        login = forms.first(found, "login")
        try:
            owner = await self._verified(login, forms.first(found, "password"), context)
        except errors.ResourceExhausted as error:
            return await self._page(context, authorization, 429, "Too many guesses. Please try later.", login, error)
        except errors.Unauthenticated:
            return await self._page(context, authorization, 403, _WRONG_PASSWORD, login)
        issued = await self._backends.oauth.IssueAuthorizationCode(
            oauth_service_pb2.IssueAuthorizationCodeRequest(
                client_id=authorization.client_id, redirect_uri=authorization.redirect_uri, owner_id=owner.owner_id
            )
        )
        return await _redirect(
            context, pages.location(authorization.redirect_uri, code=issued.code, state=authorization.state)
        )

    async def IssueAccessToken(self, request: bitly_pb2.IssueAccessTokenRequest, context: Context) -> HttpBody:
        """Return an access token for a code, for login and password, or for HTTP basic credentials.

        A failure is the envelope with HTTP status 400, 401, 403 or 503.
        """
        try:
            await self._limits.spend_address(http_metadata.client_ip(context))
            found = forms.parameters(request.form, context)
            body = await self._token(found, context)
        except Failure as failure:
            return await _fail(context, failure)
        except errors.LinkmeterError as error:
            return await _fail(context, failure_of(error))
        await http_metadata.send_status(context, 200, **_NO_STORE)
        return body

    async def _token(self, found: Parameters, context: Context) -> HttpBody:
        basic = _basic(context)
        if forms.first(found, "grant_type") == "password":
            return await self._token_for_password(found, basic, context)
        if forms.first(found, "code") or basic is None:
            return await self._token_for_code(found, basic)
        owner = await self._person(*basic, context)
        return _text("text/plain", await self._granted(owner, "Bitly API"))

    async def _token_for_code(self, found: Parameters, basic: tuple[str, str] | None) -> HttpBody:
        client_id, client_secret = _application(found, basic)
        code = _required(found, "code")
        try:
            exchanged = await self._backends.oauth.ExchangeAuthorizationCode(
                oauth_service_pb2.ExchangeAuthorizationCodeRequest(
                    client_id=client_id,
                    client_secret=client_secret,
                    code=code,
                    redirect_uri=_required(found, "redirect_uri"),
                )
            )
        except errors.Unauthenticated:
            # Which of the four is wrong, stays with us.
            raise Failure("INVALID_ARG_CODE") from None
        secret = exchanged.api_key.secret
        fields = {"access_token": secret, "login": exchanged.owner.login, "apiKey": secret}
        return _text("application/x-www-form-urlencoded", urlencode(fields))

    async def _token_for_password(self, found: Parameters, basic: tuple[str, str] | None, context: Context) -> HttpBody:
        client_id, client_secret = _application(found, basic)
        try:
            app = await self._backends.oauth.VerifyOAuthApp(
                oauth_service_pb2.VerifyOAuthAppRequest(client_id=client_id, client_secret=client_secret)
            )
        except (errors.Unauthenticated, errors.NotFound):
            raise Failure("INVALID_CLIENT") from None
        owner = await self._person(_required(found, "username"), _required(found, "password"), context)
        token = await self._granted(owner, app.title, app.client_id)
        return _text("application/json", json.dumps({"access_token": token}))

    async def _person(self, login: str, password: str, context: Context) -> links_pb2.Owner:
        try:
            return await self._verified(login, password, context)
        except errors.Unauthenticated:
            raise Failure("INVALID_LOGIN") from None

    async def _verified(self, login: str, password: str, context: Context) -> links_pb2.Owner:
        try:
            return await self._backends.accounts.VerifyOwnerPassword(
                account_service_pb2.VerifyOwnerPasswordRequest(
                    login=login.strip().lower(), password=password, client_ip=http_metadata.client_ip(context)
                )
            )
        except errors.InvalidArgument:
            # What is no login or password is no right one either.
            raise errors.Unauthenticated from None

    async def _granted(self, owner: links_pb2.Owner, title: str, client_id: str = "") -> str:
        key = await self._backends.oauth.GrantApiKey(
            oauth_service_pb2.GrantApiKeyRequest(owner_id=owner.owner_id, title=title, client_id=client_id)
        )
        return key.secret

    async def _authorization_request(
        self, client_id: str, redirect_uri: str, state: str
    ) -> AuthorizationRequest | None:
        """Return what an application asks; None unless it is known and redirect_uri is one of its own."""
        try:
            app = await self._backends.oauth.GetOAuthApp(oauth_service_pb2.GetOAuthAppRequest(client_id=client_id))
        except (errors.NotFound, errors.InvalidArgument):
            return None
        if not redirect_uri and len(app.redirect_uris) == 1:
            redirect_uri = app.redirect_uris[0]
        if redirect_uri not in app.redirect_uris:
            return None
        return AuthorizationRequest(client_id=client_id, redirect_uri=redirect_uri, state=state, title=app.title)

    async def _page(
        self,
        context: Context,
        authorization: AuthorizationRequest | None,
        status: int = 200,
        problem: str = "",
        login: str = "",
        error: errors.ResourceExhausted | None = None,
    ) -> HttpBody:
        if authorization is None:
            await http_metadata.send_status(context, 400, **pages.page_headers())
            return pages.problem_page("The application, or the address that it wants the answer at, is not known here.")
        retry = {"retry_after": str(error.retry_after_seconds)} if error else {}
        await http_metadata.send_status(context, status, **pages.page_headers(authorization.redirect_uri), **retry)
        return pages.authorize_page(authorization, problem=problem, login=login)


def _parameters(form: HttpBody, context: Context) -> Parameters:
    try:
        return forms.parameters(form, context)
    except Failure:
        return {}


def _required(found: Parameters, name: str) -> str:
    value = forms.first(found, name)
    if not value:
        raise missing(name)
    return value


def _application(found: Parameters, basic: tuple[str, str] | None) -> tuple[str, str]:
    """Return id and secret of an application, from the form or the header; raise Failure where one is missing."""
    if basic and not forms.first(found, "client_secret"):
        return basic
    return _required(found, "client_id"), _required(found, "client_secret")


def _basic(context: Context) -> tuple[str, str] | None:
    for key, value in context.invocation_metadata() or ():
        if key == "authorization" and isinstance(value, str) and value[:6].lower() == "basic ":
            try:
                user, colon, secret = base64.b64decode(value[6:], validate=True).decode().partition(":")
            except (binascii.Error, ValueError):
                return None
            return (user, secret) if colon else None
    return None


def _text(kind: str, text: str) -> HttpBody:
    return HttpBody(content_type=f"{kind}; charset=utf-8", data=text.encode())


async def _redirect(context: Context, target: str) -> HttpBody:
    await http_metadata.send_status(context, 302, location=target, cache_control="no-store")
    return HttpBody(content_type="text/plain; charset=utf-8")


async def _fail(context: Context, failure: Failure) -> HttpBody:
    status = _HTTP_STATUSES.get(failure.status_txt, 400 if failure.status_code == INVALID else failure.status_code)
    retry = {"retry_after": str(failure.retry_after_seconds)} if failure.retry_after_seconds else {}
    await http_metadata.send_status(context, status, **_NO_STORE, **retry)
    return envelope.failed(failure, envelope.Style()).body
