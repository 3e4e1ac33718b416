"""A browser that is signed in, as its calls reach links behind the gateway."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import grpc

from linkmeter.links.v1 import session_service_pb2, session_service_pb2_grpc
from services.links.domain.credentials import Secret
from services.links.domain.sessions import ONE_TIME_LIFETIME, new_one_time_token
from services.links.store.sessions import OneTimeTokenStore
from services.runtime import postgres, rpc_errors
from tests.support.links_service import API_KEY, OWNER_ID, Links, Metadata

T = TypeVar("T")

HOST = "sho.rt"
ADDRESS = "198.51.100.77"
# What a page of our own says over https.
OWN_PAGE = {"x-grpc-web": "1", "sec-fetch-site": "same-origin", "origin": f"https://{HOST}"}


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser sends along: its cookies, and which page calls."""

    cookie: str = ""

    def sends(self, *, client_ip: str = ADDRESS, **headers: str) -> Metadata:
        """Return the metadata of a call of our own page; an empty header takes one away."""
        said = {
            **OWN_PAGE,
            "x-original-host": HOST,
            "x-linkmeter-client-ip": client_ip,
            "cookie": self.cookie,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return tuple((name, value) for name, value in said.items() if value)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session, the browser that has it, and the whole Set-Cookie headers."""

    session: session_service_pb2.Session
    browser: Browser
    set_cookies: tuple[str, ...]

    @property
    def set_cookie(self) -> str:
        """The header of the session's own cookie."""
        return self.set_cookies[0]


async def create(links: Links, metadata: Metadata | None = None, **credential: object) -> SignedIn:
    """Sign in with a credential, as a field of CreateSessionRequest."""
    request = session_service_pb2.CreateSessionRequest(**credential)  # type: ignore[arg-type]
    said = Browser().sends() if metadata is None else metadata
    async with channel_of(links) as channel:
        stub = session_service_pb2_grpc.SessionServiceStub(channel)
        session, set_cookies = await answered(stub.CreateSession(request, metadata=said))
    return SignedIn(session, Browser(set_cookies[0].partition(";")[0]), set_cookies)


def channel_of(links: Links) -> grpc.aio.Channel:
    """Return a channel that shows the headers of answers; that of services does not."""
    return grpc.aio.insecure_channel(f"127.0.0.1:{links.server.port}", options=[("grpc.enable_http_proxy", 0)])


async def answered(call: "grpc.aio.UnaryUnaryCall[Any, T]") -> tuple[T, tuple[str, ...]]:
    """Wait for a call; return its answer with the Set-Cookie headers, or raise what the service raised."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as failure:
        raise rpc_errors.error_of(failure) from failure
    return answer, tuple(str(value) for name, value in await call.initial_metadata() if name == "set-cookie")


async def by_key(links: Links, api_key: str = API_KEY) -> SignedIn:
    """Sign in with an API key."""
    return await create(links, api_key=api_key)


async def by_password(links: Links, login: str, password: str, *, client_ip: str = ADDRESS) -> SignedIn:
    """Sign in with login and password."""
    credential = session_service_pb2.PasswordCredential(login=login, password=password)
    return await create(links, Browser().sends(client_ip=client_ip), password=credential)


async def one_time_token(links: Links, now: datetime, owner_id: int = OWNER_ID) -> str:
    """Make a token that signs in once, as the operator's command does."""
    token: Secret = new_one_time_token()
    pool = await postgres.open_pool(links.postgres_url, "links", max_size=1)
    try:
        await OneTimeTokenStore(pool).add(owner_id, token, now + ONE_TIME_LIFETIME)
    finally:
        await pool.close()
    return token.text


async def me(links: Links, metadata: Metadata) -> session_service_pb2.GetCallerResponse:
    """Ask who calls."""
    return await links.sessions.GetCaller(session_service_pb2.GetCallerRequest(), metadata=metadata)


async def sessions_of(links: Links, metadata: Metadata) -> list[session_service_pb2.Session]:
    """List the sessions of the caller's account."""
    request = session_service_pb2.ListSessionsRequest()
    return list((await links.sessions.ListSessions(request, metadata=metadata)).sessions)


async def rows(links: Links, statement: str) -> list[asyncpg.Record]:
    """Read from the tables of links."""
    connection = await asyncpg.connect(links.postgres_url)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()
