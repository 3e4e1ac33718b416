"""Limits of Bitly's API, with the limits switched on."""

import httpx
import pytest

from tests.rest.bitly.conftest import accounts_on
from tests.support.system import System

LIMITED = {"data": None, "status_code": 403, "status_txt": "RATE_LIMIT_EXCEEDED"}


def assert_limited(answer: httpx.Response) -> None:
    """Fail unless an answer asks to wait, in Bitly's envelope and with the time in whole seconds."""
    assert answer.status_code == 200
    assert answer.json() == LIMITED
    assert 1 <= int(answer.headers["retry-after"]) <= 61


@pytest.mark.settings(
    LINKMETER_RATE_LIMITS="on", LINKMETER_BITLY_KEY_RATE="3/minute", LINKMETER_BITLY_ADDRESS_RATE="1000/minute"
)
async def test_calls_of_a_key_are_limited(own_system: System) -> None:
    """Another key is not stopped; as text the HTTP status tells."""
    async with accounts_on(own_system) as new_account:
        account, other = await new_account(), await new_account()
        # One more than twice the limit: a minute may end in between.
        answers = [await account.get("user/info") for _ in range(7)]
        assert answers[0].json()["status_code"] == 200
        assert answers[0].headers["x-ratelimit-limit"] == "3"
        assert_limited(answers[-1])
        text = await account.get("expand", hash="abc", format="txt")
        assert (text.status_code, text.text) == (403, "RATE_LIMIT_EXCEEDED")
        assert (await other.get("user/info")).json()["status_code"] == 200


@pytest.mark.settings(
    LINKMETER_RATE_LIMITS="on", LINKMETER_BITLY_KEY_RATE="1000/minute", LINKMETER_BITLY_ADDRESS_RATE="3/minute"
)
async def test_calls_of_an_address_are_limited(own_system: System) -> None:
    """Whatever credential they show, and for tokens, too."""
    async with own_system.client(api_key="") as client:
        answers = [await client.get("/v3/user/info", params={"access_token": f"wrong{n}"}) for n in range(7)]
        assert answers[0].json()["status_txt"] == "INVALID_ARG_ACCESS_TOKEN"
        assert_limited(answers[-1])
        token = await client.post("/oauth/access_token", data={"code": "x"})
        assert (token.status_code, token.json()) == (403, LIMITED)


@pytest.mark.settings(LINKMETER_RATE_LIMITS="on", LINKMETER_RATE_LIMITS_SHADOW="on", LINKMETER_BITLY_KEY_RATE="1/hour")
async def test_in_shadow_mode_nothing_is_refused(own_system: System) -> None:
    """The answer only says how little is left."""
    async with accounts_on(own_system) as new_account:
        account = await new_account()
        answers = [await account.get("user/info") for _ in range(3)]
        assert {answer.json()["status_code"] for answer in answers} == {200}
        assert answers[-1].headers["x-ratelimit-remaining"] == "0"


@pytest.mark.settings(LINKMETER_RATE_LIMITS="on", LINKMETER_MISSES_PER_MINUTE="5")
async def test_scanning_for_codes_is_slowed(own_system: System) -> None:
    """S8: many questions for links that are not there end the answers."""
    async with accounts_on(own_system) as new_account:
        account = await new_account()
        link = await account.new_link()
        assert (await account.get("expand", hash=link.code)).json()["status_code"] == 200
        for number in range(12):
            answer = await account.get("expand", hash=f"guess{number}")
        assert_limited(answer)
        assert_limited(await account.get("link/clicks", link="http://localhost/guess"))
