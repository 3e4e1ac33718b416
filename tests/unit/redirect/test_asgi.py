"""The same data plane under another server."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from linkmeter.analytics.v1 import clicks_pb2
from services.common import access_ticket, errors
from services.redirect.asgi import AsgiApplication, Message
from services.redirect.backends import AccessGrant
from services.redirect.cache import Cache
from services.redirect.data_plane import DataPlane
from services.redirect.domain.hosts import own_hosts
from services.redirect.domain.resolution import Absent, Finding, Resolution
from services.redirect.facts import FactFinder
from services.redirect.following import Following
from services.redirect.outbox.file import NewRow
from services.redirect.recorder import Recorder
from services.redirect.resolver import Resolver
from services.redirect.scan_limits import ScanLimits
from services.redirect.unlocking import Unlocking
from tests.support.clock import FakeClock

SECRET = "0123456789abcdef0123456789abcdef"
HOSTS = own_hosts("http://sho.rt", "")
DESTINATION = "https://example.com/"


class Fakes:
    """Redis, links and the outbox in one."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.clicks: list[clicks_pb2.RecordedClick] = []
        self.links: dict[str, Resolution] = {}
        self.is_broken = False

    def add(self, code: str, password_version: str = "") -> None:
        """Create a link."""
        self.links[code] = Resolution(
            link_id=1,
            owner_id=2,
            domain_id=3,
            domain="sho.rt",
            code=code,
            destination=DESTINATION,
            password_version=password_version,
        )

    async def get(self, key: str) -> Resolution | None:
        """Answer as Redis."""
        del key
        return None

    async def resolve(self, host: str, code: str, seconds: float) -> Finding:
        """Answer as links."""
        del host, seconds
        if self.is_broken:
            raise KeyError("a fault that nobody foresaw")
        return self.links.get(code, Absent())

    async def consume(self, link_id: int) -> bool:
        """Grant nothing."""
        del link_id
        return False

    async def verify_password(self, *, host: str, code: str, password: str, client_ip: str) -> AccessGrant:
        """Take the password x."""
        del host, client_ip
        if password != "x":
            raise errors.PermissionDenied("wrong")
        expires = self.clock.now() + timedelta(hours=1)
        ticket = access_ticket.issue(SECRET, 1, self.links[code].password_version, expires)
        return AccessGrant(ticket, expires)

    def append(self, row: NewRow) -> asyncio.Future[None]:
        """Keep a click."""
        self.clicks.append(clicks_pb2.RecordedClick.FromString(row.click))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def append_at_once(self, row: NewRow, done: Callable[[], None]) -> None:
        """Keep a click."""
        self.append(row)
        done()


@pytest.fixture
def fakes(clock: FakeClock) -> Fakes:
    return Fakes(clock)


@pytest.fixture
def application(fakes: Fakes) -> AsgiApplication:
    following = Following(
        resolver=Resolver(cache=Cache(), shared=fakes, links=fakes),
        consumer=fakes,
        recorder=Recorder(fakes),
        limits=ScanLimits(enabled=True, secret=SECRET),
        clock=fakes.clock,
        secret=SECRET,
    )
    return AsgiApplication(
        data_plane=DataPlane(following=following, unlocking=Unlocking(following=following, checker=fakes), hosts=HOSTS),
        facts=FactFinder(hosts=HOSTS, trusted_proxies=[ipaddress.ip_network("127.0.0.0/8")]),
    )


@pytest.fixture
async def client(application: AsgiApplication) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application, client=("203.0.113.9", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://sho.rt") as visitor:
        yield visitor


async def test_a_click_is_recorded_with_the_moment_of_the_redirect(fakes: Fakes, client: httpx.AsyncClient) -> None:
    """The clock's time, the peer's address, the request's query."""
    fakes.add("abc")
    answer = await client.get(
        "/abc?a=1", headers=[(b"x-forwarded-for", b"1.2.3.4"), (b"user-agent", "Café/1.0".encode())]
    )
    assert (answer.status_code, answer.headers["location"]) == (302, DESTINATION)
    (click,) = fakes.clicks
    assert click.time.ToDatetime(tzinfo=UTC) == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert (click.ip, click.query, click.user_agent) == ("203.0.113.9", "a=1", "Café/1.0")


async def test_a_ticket_opens_its_link_until_it_ends(fakes: Fakes, client: httpx.AsyncClient) -> None:
    """An hour later the visitor is asked again."""
    fakes.add("abc", password_version="1")
    right = await client.post("/abc", data={"password": "x"})
    ticket = right.headers["set-cookie"].partition(";")[0]
    assert (await client.get("/abc", headers={"cookie": ticket})).status_code == 302
    fakes.clock.advance(timedelta(hours=1))
    assert (await client.get("/abc", headers={"cookie": ticket})).status_code == 401


async def test_a_head_has_no_body_and_counts_nothing(fakes: Fakes, client: httpx.AsyncClient) -> None:
    """For redirects and pages alike."""
    fakes.add("abc")
    answers = [await client.head("/abc"), await client.head("/nope")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(302, b""), (404, b"")]
    assert fakes.clicks == []


async def test_an_unexpected_failure_is_a_page_without_particulars(fakes: Fakes, client: httpx.AsyncClient) -> None:
    """S18: no stack, no message of ours."""
    fakes.is_broken = True
    answer = await client.get("/abc")
    assert answer.status_code == 503
    assert "foresaw" not in answer.text
    assert "Traceback" not in answer.text


async def test_a_large_body_is_refused(fakes: Fakes, client: httpx.AsyncClient) -> None:
    """413, as in a process of its own."""
    fakes.add("abc", password_version="1")
    assert (await client.post("/abc", data={"password": "x" * 5000})).status_code == 413


async def test_a_form_whose_visitor_leaves_in_the_middle_is_no_guess(
    fakes: Fakes, application: AsgiApplication
) -> None:
    """What had arrived of it is not taken for the whole, even if that is the password."""
    fakes.add("abc", password_version="1")
    arriving: list[Message] = [
        {"type": "http.request", "body": b"password=x", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Message:
        return arriving.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    form = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/abc", "query_string": b""}
    await application({**scope, "headers": [(b"host", b"sho.rt"), form]}, receive, send)
    assert sent[0]["status"] == 408
