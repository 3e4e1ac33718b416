"""R13 from the outside: each change of a link is seen by every worker within a second."""

import pytest

from tests.support.system import System
from tests.support.traffic import BROWSER
from tests.support.wait import eventually, promised

Seen = tuple[int, str | None]


async def look(system: System, path: str) -> set[Seen]:
    """Visit a path at each worker."""
    seen = set()
    for visitor in system.visitors():
        async with visitor:
            answer = await visitor.get(path, headers={"host": "localhost", "user-agent": BROWSER})
            seen.add((answer.status_code, answer.headers.get("location")))
    return seen


@pytest.mark.settings(LINKMETER_WORKERS="2")
async def test_r13_changes_are_seen_by_every_worker_within_a_second(own_system: System) -> None:
    """Create after a 404, update, disable, enable and delete, each after both workers knew what was before."""
    first, second = "https://example.com/1", "https://example.com/2"
    path = "/changing"

    async def shows(*expected: Seen) -> None:
        async def is_so() -> bool:
            return await look(own_system, path) == set(expected)

        await eventually(is_so, timeout=promised(1.0), what=f"{expected} is seen")

    async with own_system.client() as owner:
        assert await look(own_system, path) == {(404, None)}
        made = await owner.post("/v1/links", json={"destination": first, "code": path[1:]})
        await shows((302, first))
        link = f"/v1/links/{made.raise_for_status().json()['linkId']}"
        (await owner.patch(link, json={"destination": second})).raise_for_status()
        await shows((302, second))
        (await owner.post(f"{link}:disable")).raise_for_status()
        await shows((404, None))
        (await owner.post(f"{link}:enable")).raise_for_status()
        await shows((302, second))
        (await owner.delete(link)).raise_for_status()
        await shows((404, None))
