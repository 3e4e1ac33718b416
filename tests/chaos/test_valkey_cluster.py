"""The system over a Valkey Cluster: it works, and a failover under load loses and doubles nothing (R1, R3, R13)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.common.redis_keys import resolution_key
from tests.support.system import System, running_system
from tests.support.traffic import Traffic, counted, create_links, recorded, visitors
from tests.support.valkey_cluster import ValkeyCluster, running_valkey_cluster
from tests.support.wait import eventually, promised

_LINKS = 6
_SEEN_WITHIN_SECONDS = 1.0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[ValkeyCluster]:
    """Run three masters and their replicas."""
    with running_valkey_cluster(tmp_path / "cluster") as running:
        yield running


@pytest.fixture
def clustered(cluster: ValkeyCluster, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    """Run a system over the cluster."""
    marker = request.node.get_closest_marker("settings")
    settings = marker.kwargs if marker else {}
    with running_system(tmp_path / "data", LINKMETER_REDIS_URL=cluster.url, **settings) as system:
        yield system


@pytest.mark.settings(LINKMETER_RATE_LIMITS="on", LINKMETER_CREATES_PER_MINUTE="3")
async def test_the_journey_goes_over_a_cluster(cluster: ValkeyCluster, clustered: System) -> None:
    """Create, follow, count; a change and a deletion are seen within a second; limits count; keys spread over slots."""
    async with clustered.client() as client, clustered.client(api_key="") as visitor:
        links = await create_links(clustered, 1)
        (code, link_id), *_ = links.items()
        assert (await visitor.get(f"/{code}")).status_code == 302

        async def clicks() -> bool:
            return await counted(clustered, [link_id]) == 1

        await eventually(clicks)
        changed = await client.patch(f"/v1/links/{link_id}", json={"destination": "https://example.com/changed"})
        assert changed.status_code == 200, changed.text

        async def leads_to() -> bool:
            return (await visitor.get(f"/{code}")).headers["location"] == "https://example.com/changed"

        await eventually(leads_to, timeout=promised(_SEEN_WITHIN_SECONDS))
        assert (await client.delete(f"/v1/links/{link_id}")).status_code == 200

        async def is_gone() -> bool:
            return (await visitor.get(f"/{code}")).status_code in (404, 410)

        await eventually(is_gone, timeout=promised(_SEEN_WITHIN_SECONDS))
        made: list[int] = []

        async def is_limited() -> bool:
            made.append((await visitor.post("/api/shorten", json={"url": "https://example.com/a"})).status_code)
            return made[-1] == 429

        # Limits are open while a busy machine keeps Redis from answering in time.
        await eventually(is_limited)
        assert len(made) > 3
    async with clustered.client() as client:
        # Password guesses are counted across the cluster as well, and refused after five.
        protected = await client.post(
            "/v1/links", json={"destination": "https://example.com/", "password": "right one"}
        )
        code = protected.json()["code"]
    async with clustered.client(api_key="") as visitor:
        guesses: list[int] = []

        async def is_closed() -> bool:
            guesses.append((await visitor.post(f"/{code}", data={"password": "wrong"})).status_code)
            return 401 in guesses and guesses[-3:] == [429] * 3

        # Longer than links leaves a Redis alone that a busy machine kept from answering: guesses are refused meanwhile.
        await eventually(is_closed, every=1.1)
    assert guesses.count(401) <= 5

    async def is_everywhere() -> bool:
        # A few keys may all lie on two nodes; so many do not.
        async with clustered.client(api_key="") as visitor:
            for code in await create_links(clustered, 30):
                assert (await visitor.get(f"/{code}")).status_code == 302
        return all(node.ask("DBSIZE") for node in cluster.nodes[:3])

    await eventually(is_everywhere)


@pytest.mark.chaos_long
async def test_a_failover_under_load_stops_no_redirect(cluster: ValkeyCluster, clustered: System) -> None:
    """While a master dies and its replica takes over, redirects are answered, and every click is counted once.

    The master that dies is the one that redirect hears changes from; afterwards changes are seen within a second again.
    """
    links = await create_links(clustered, _LINKS)
    async with visitors(clustered, list(links)) as traffic:
        await _more_answers(traffic, 150)
        dead = cluster.nodes[0]
        cluster.kill(dead)
        await _more_answers(traffic, 150)
        await cluster.failed_over(dead)
        cluster.start(dead)
        await _more_answers(traffic, 150)
        await eventually(lambda: not dead.is_master, what="the dead master comes back as a replica")
    assert not traffic.failed
    await _assert_changes_are_seen(clustered, links)

    async def all_that_is_marked() -> Counter[str]:
        marks = await recorded(clustered, list(links.values()))
        # The checks above followed links, too, without a mark.
        del marks[""]
        return marks if traffic.answered <= set(marks) else Counter()

    marks = await eventually(all_that_is_marked, every=0.1, what="all answered clicks arrive")
    assert set(marks) == traffic.answered
    assert set(marks.values()) == {1}


async def test_writes_go_on_while_a_master_is_dead(cluster: ValkeyCluster, clustered: System) -> None:
    """Links are created and changed during a failover, and what could not be announced is made good after it."""
    links = await create_links(clustered, _LINKS)
    async with clustered.client(api_key="") as visitor:
        for code in links:
            assert (await visitor.get(f"/{code}")).status_code == 302
    code = next(iter(links))
    dead = cluster.master_of(resolution_key(f"localhost/{code}"))
    cluster.kill(dead)
    more = await create_links(clustered, _LINKS)
    await _change(clustered, links[code], "https://example.com/during")
    await cluster.failed_over(dead)
    async with clustered.client(api_key="") as visitor:

        async def leads_there() -> bool:
            return (await visitor.get(f"/{code}")).headers["location"] == "https://example.com/during"

        # The publisher's longest pause, and the breaker's.
        await eventually(leads_there)
        for code in more:
            assert (await visitor.get(f"/{code}")).status_code == 302


async def _more_answers(traffic: Traffic, count: int) -> None:
    enough = len(traffic.answered) + count
    await eventually(lambda: len(traffic.answered) >= enough, what="redirects are answered")


async def _change(system: System, link_id: int, destination: str) -> None:
    async with system.client() as client:
        changed = await client.patch(f"/v1/links/{link_id}", json={"destination": destination})
        assert changed.status_code == 200, changed.text


async def _assert_changes_are_seen(system: System, links: dict[str, int]) -> None:
    async with system.client(api_key="") as visitor:
        for number, (code, link_id) in enumerate(links.items()):
            destination = f"https://example.com/after/{number}"
            await _change(system, link_id, destination)

            async def leads_there(code: str = code, destination: str = destination) -> bool:
                return (await visitor.get(f"/{code}")).headers["location"] == destination

            await eventually(leads_there, timeout=promised(_SEEN_WITHIN_SECONDS))
