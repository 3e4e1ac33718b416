from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.support.system import System
from tests.support.traffic import counted, create_links, recorded, visitors
from tests.support.wait import eventually


async def test_restart_of_everything_keeps_everything(
    start_system: Callable[..., AbstractContextManager[System]],
) -> None:
    """Links, keys, clicks and their statistics are the same after all programs were stopped and started again."""
    with start_system() as before:
        links = await create_links(before, 3)
        async with visitors(before, list(links)) as traffic:
            await eventually(lambda: len(traffic.answered) >= 60)

    with start_system(api_key=before.api_key) as after:
        ids = list(links.values())
        await eventually(lambda: _all_counted(after, ids, len(traffic.answered)))
        assert set(await recorded(after, ids)) == traffic.answered
        async with after.client() as client:
            for code, link_id in links.items():
                link = (await client.get(f"/v1/links/{link_id}")).raise_for_status().json()
                assert link["code"] == code
                followed = await client.get(f"/{code}")
                assert followed.status_code == 302
                assert followed.headers["location"] == link["destination"]


async def _all_counted(system: System, link_ids: list[int], clicks: int) -> bool:
    return await counted(system, link_ids) == clicks
