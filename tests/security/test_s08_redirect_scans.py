"""S8 on redirects: absent looks like not yours, and scanning for codes is slowed."""

from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

from tests.support.redirect import System, running_redirect, statuses

VARYING = ("date",)


async def seen(system: System, path: str) -> tuple[int, str, dict[str, str]]:
    response = await system.get(path)
    headers = {name: value for name, value in response.headers.items() if name not in VARYING}
    return response.status_code, response.text, headers


async def test_absent_disabled_deleted_and_scheduled_links_look_the_same(tmp_path: Path) -> None:
    """Status, body and headers, for the link and its preview."""
    async with running_redirect(tmp_path) as system:
        system.links.add("off", disabled=True)
        system.links.add("deleted", deleted=True, destination="")
        system.links.add("later", valid_from_time=Timestamp(seconds=4_000_000_000))
        absent = await seen(system, "/absent")
        for path in ("/off", "/deleted", "/later", "/off+", "/deleted+", "/later+", "/absent+", "/a/b"):
            assert await seen(system, path) == absent


async def test_a_burst_of_unknown_codes_reaches_429_and_links_that_exist_are_never_refused(tmp_path: Path) -> None:
    """Also one that was not visited before; another client is not affected."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        answers = [await system.get(f"/nope{number}") for number in range(60)]
        assert statuses(answers) == {404: 30, 429: 30}
        assert answers[-1].headers["retry-after"] == "10"
        assert (await system.get("/abc")).status_code == 302
        other = {"x-linkmeter-client-ip": "198.51.100.7"}
        assert (await system.get("/nope", headers=other)).status_code == 404


async def test_the_limit_holds_over_all_processes(tmp_path: Path, valkey_url: str) -> None:
    """While Redis answers, a client cannot go from one process to the next."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with (
        running_redirect(tmp_path / "one", redis_url=valkey_url) as one,
        running_redirect(tmp_path / "two", redis_url=valkey_url) as two,
    ):
        answers = [await (one, two)[number % 2].get(f"/nope{number}") for number in range(50)]
        assert statuses(answers) == {404: 30, 429: 20}


async def test_the_limit_can_be_switched_off(tmp_path: Path) -> None:
    """LINKMETER_RATE_LIMITS=off."""
    async with running_redirect(tmp_path, RATE_LIMITS="off") as system:
        assert statuses([await system.get(f"/nope{number}") for number in range(60)]) == {404: 60}
