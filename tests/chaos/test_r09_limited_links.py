"""R9 at redirect: exactly as many follow as may, and looking uses nothing up."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.support.redirect import running_redirect, statuses
from tests.support.wait import eventually

LOOKS = [
    {"user-agent": "Twitterbot/1.0"},
    {"user-agent": "curl/8.5.0"},
    {"user-agent": "facebookexternalhit/1.1"},
    {"user-agent": ""},
    {"sec-purpose": "prefetch;prerender"},
    {"purpose": "preview"},
]


@pytest.mark.parametrize("most", [1, 7])
async def test_of_two_hundred_at_once_as_many_follow_as_may(tmp_path: Path, most: int) -> None:
    """One 302 and 199 times 410 for a one-time link; N for N; the clicks that arrive are just those.

    Whom a busy machine kept waiting for too long is told to come again (503), and does.
    """
    async with running_redirect(tmp_path) as system:
        system.links.add("once", max_clicks=most)

        async def answer() -> httpx.Response:
            while (response := await system.get("/once")).status_code == 503:
                assert "retry-after" in response.headers
            return response

        answers = await asyncio.gather(*(answer() for _ in range(200)))
        assert statuses(answers) == {302: most, 410: 200 - most}
        await eventually(lambda: len(system.analytics.clicks) == most)


async def test_looking_at_a_one_time_link_does_not_use_it_up(tmp_path: Path) -> None:
    """HEAD, previews, prefetches and bots get a page without the destination; the first person still follows it."""
    async with running_redirect(tmp_path) as system:
        link = system.links.add("once", max_clicks=1)
        looks = [await system.client.head("/once"), await system.get("/once+")]
        looks += [await system.get("/once", headers=headers) for headers in LOOKS]
        for look in looks:
            assert look.status_code == 200
            assert "location" not in look.headers
            assert link.destination not in look.text
        assert not system.links.consumed
        assert (await system.get("/once")).headers["location"] == link.destination
        assert (await system.get("/once")).status_code == 410


async def test_a_limited_link_with_a_password_is_not_used_up_by_the_form(tmp_path: Path) -> None:
    """Neither showing the form nor the right password is a follow; the redirect is."""
    async with running_redirect(tmp_path) as system:
        link = system.links.add("both", max_clicks=1, password_version="1")
        system.links.passwords[link.link_id] = "x"
        await system.get("/both")
        assert (await system.client.post("/both", data={"password": "x"})).status_code == 303
        assert not system.links.consumed
        assert (await system.get("/both")).status_code == 302
        assert (await system.get("/both")).status_code == 410
