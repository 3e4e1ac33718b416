"""Questions of one account go to one replica of analytics: what it has read for the last serves the next."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from google.rpc import status_pb2

from gateway.openapi.contract import Contract
from linkmeter.gateway.authz.v3 import ext_authz_pb2
from services.runtime.caller_metadata import ACCOUNT_KEY
from tests.support.edge import Edge, Services, running_edge
from tests.support.loop_thread import LoopThread
from tests.support.wait import eventually

QUESTION = "/v1/links/5/stats"
REPLICAS = 3
# So many that each replica gets some.
ACCOUNTS = [f"owner-{number}" for number in range(60)]


class Replicas:
    """Several servers of analytics; calls of an account are noted by who got them."""

    def __init__(self, edge: Edge, servers: list[Services], loop: LoopThread) -> None:
        self.edge = edge
        self._servers = servers
        self._loop = loop
        self._living = set(range(len(servers)))
        edge.services.on("envoy.service.auth.v3.Authorization/Check", _say_account)

    async def lasting_homes(self) -> dict[str, set[int]]:
        """Return where calls go once the gateway knows who lives, which its workers hear a second later."""

        async def ask_twice() -> dict[str, set[int]] | None:
            first, second = await self.homes(), await self.homes()
            return second if first == second and set.union(*second.values()) == self._living else None

        homes = await eventually(ask_twice, what="the gateway sends each account to one replica, and uses all of them")
        assert homes is not None
        return homes

    async def homes(self, **headers: str) -> dict[str, set[int]]:
        """Ask for every account once; return which replicas got the calls of each."""
        for server in self._servers:
            server.calls.clear()
        async with self.edge.client() as client:
            for account in ACCOUNTS:
                answer = await client.get(QUESTION, headers={"authorization": account, **headers})
                assert answer.status_code == httpx.codes.OK
        return {
            account: {
                index
                for index, server in enumerate(self._servers)
                if any(call.metadata[ACCOUNT_KEY] == account for call in server.calls)
            }
            for account in ACCOUNTS
        }

    def end(self, index: int) -> None:
        """Let a replica end."""
        self._living.remove(index)
        _stop(self._loop, self._servers[index])


async def _say_account(request: ext_authz_pb2.CheckRequest, _context: object) -> ext_authz_pb2.CheckResponse:
    """Say as whom the header names, as links does for a credential."""
    account = request.attributes.request.http.headers["authorization"]
    header = ext_authz_pb2.HeaderValue(key=ACCOUNT_KEY, value=account)
    ok = ext_authz_pb2.OkHttpResponse(headers=[ext_authz_pb2.HeaderValueOption(header=header)])
    return ext_authz_pb2.CheckResponse(status=status_pb2.Status(code=0), ok_response=ok)


def _stop(loop: LoopThread, server: Services) -> None:
    loop.run(server.stop())


@pytest.fixture
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """Run a gateway before several replicas of analytics."""
    loop = LoopThread()
    servers = [Services() for _ in range(REPLICAS)]
    with ExitStack() as stack:
        stack.callback(loop.stop)
        for server in servers:
            loop.run(server.start(Contract.load()))
            stack.callback(_stop, loop, server)
        addresses = tuple(f"127.0.0.1:{server.ports['analytics']}" for server in servers)
        edge = stack.enter_context(running_edge(tmp_path_factory.mktemp("edge"), analytics=addresses))
        yield Replicas(edge, servers, loop)


async def test_an_account_stays_with_one_replica(replicas: Replicas) -> None:
    """Each account has one, all replicas have accounts, and what a client claims changes nothing."""
    first = await replicas.lasting_homes()
    assert all(len(home) == 1 for home in first.values())
    assert await replicas.homes(**{ACCOUNT_KEY: "owner-1"}) == first


async def test_a_replica_that_ends_moves_few_of_the_other_accounts(replicas: Replicas) -> None:
    """Its own are answered by the others at once, and most of the others stay where their files are."""
    before = await replicas.lasting_homes()
    replicas.end(0)
    assert all(home and 0 not in home for home in (await replicas.homes()).values())
    after = await replicas.lasting_homes()
    others = [account for account, home in before.items() if home != {0}]
    assert sum(after[account] == before[account] for account in others) > len(others) / 2
