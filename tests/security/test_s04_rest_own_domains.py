"""S4 at the native REST API: no link leads to a domain of the running installation, or carries user info."""

import uuid

from services.links.domain.owners import FIRST_OWNER_ID
from tests.support.domains import add_domain
from tests.support.system import System

# The system's public host is localhost, with the loopback addresses as its aliases.
OWN = [
    "http://localhost/",
    "http://LOCALHOST/abc",
    "http://localhost./",
    "http://localhost:1/x",
    "http://localhost:/x",
    "http://localhost?x",
    "http://localhost#x",
    "http://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/",
    "http://local\u00adhost/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]:80/",
    "http://[::ffff:127.0.0.1]/",
]
USER_INFO = [
    "http://user:pass@example.com/",
    "http://@example.com/",
    "http://example.com@localhost/",
    "http://localhost@example.com/",
    "http://example.com\\@localhost/",
]
NOT_OWN = [
    "http://notlocalhost/",
    "http://localhost.example/",
    "http://example.com/localhost",
    "http://example.com/?u=http://localhost/",
    "http://example.com/user@localhost",
]


async def test_own_domains_and_user_info_are_a_400(system: System) -> None:
    """However it is written, at create and at update; a domain that was added a moment ago is one, too."""
    host = f"m\u00fcnchen-{uuid.uuid4().hex[:8]}.example"
    async with system.client() as client:
        await add_domain(system.stack.postgres_url, host, FIRST_OWNER_ID)
        added = [f"http://{host}/", f"http://{host.upper()}./x", f"http://{host.encode('idna').decode()}:8443"]
        link = (await client.post("/v1/links", json={"destination": "https://example.com/"})).json()
        for url in [*OWN, system.base_url, system.settings.public_url, *added, *USER_INFO]:
            for answer in (
                await client.post("/v1/links", json={"destination": url}),
                await client.post("/v1/links", json={"destination": "https://example.com/", "expiredDestination": url}),
                await client.patch(f"/v1/links/{link['linkId']}", json={"destination": url}),
            ):
                assert answer.status_code == 400, url


async def test_names_that_only_look_alike_pass(system: System) -> None:
    """A domain that holds our name, or is held by it, is somebody else's."""
    async with system.client() as client:
        for url in NOT_OWN:
            answer = await client.post("/v1/links", json={"destination": url})
            assert (answer.status_code, answer.json()["destination"]) == (200, url)
