"""Signing in through a provider, step by step as a browser does."""

from typing import Any

from linkmeter.links.v1 import session_service_pb2, session_service_pb2_grpc
from services.links.domain.oidc import OidcSettings, UnknownIdentity
from tests.support import sessions
from tests.support.links_service import Links
from tests.support.oidc_issuer import CLIENT_ID, CLIENT_SECRET, Issuer
from tests.support.sessions import Browser, SignedIn


def settings_of(issuer: Issuer, *unknown: UnknownIdentity, secret: str = CLIENT_SECRET) -> OidcSettings:
    """Describe a provider as the operator does."""
    return OidcSettings(
        issuer=issuer.url,
        client_id=CLIENT_ID,
        client_secret=secret,
        title="Example SSO",
        scopes=("openid", "email"),
        unknown=frozenset(unknown),
    )


async def begin(links: Links) -> tuple[str, Browser, str]:
    """Begin; return the address at the provider, the browser, and the whole Set-Cookie header."""
    async with sessions.channel_of(links) as channel:
        stub = session_service_pb2_grpc.SessionServiceStub(channel)
        call = stub.BeginOidc(session_service_pb2.BeginOidcRequest(), metadata=Browser().sends())
        answer, [set_cookie] = await sessions.answered(call)
    return answer.authorization_url, Browser(set_cookie.partition(";")[0]), set_cookie


async def come_back(links: Links, browser: Browser, **answer: Any) -> SignedIn:
    """Come back from the provider with what it answered."""
    credential = session_service_pb2.OidcCredential(**answer)
    return await sessions.create(links, browser.sends(), oidc=credential)


async def sign_in(links: Links, issuer: Issuer) -> SignedIn:
    """Go to the provider and come back."""
    url, browser, _ = await begin(links)
    return await come_back(links, browser, **issuer.approve(url))
