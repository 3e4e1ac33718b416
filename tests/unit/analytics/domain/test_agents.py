"""Browser, system and device of a user agent."""

import pytest

from services.analytics.domain.agents import agent_of

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 "
    "Safari/605.1.15"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 "
    "Mobile/15E148 Safari/604.1"
)
IPAD = (
    "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 "
    "Mobile/15E148 Safari/604.1"
)
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (WINDOWS, ("Chrome", "Chrome", "120", "Windows", "desktop")),
        (MAC, ("Safari", "Safari", "17", "Mac OS X", "desktop")),
        (IPHONE, ("Mobile Safari", "Safari", "17", "iOS", "mobile")),
        (IPAD, ("Mobile Safari", "Safari", "16", "iOS", "tablet")),
        (LINUX, ("Firefox", "Firefox", "115", "Linux", "desktop")),
        ("", ("", "", "", "", "")),
        ("abc", ("", "", "", "", "")),
        ("\ud800", ("", "", "", "", "")),
    ],
)
def test_a_user_agent_is_read(user_agent: str, expected: tuple[str, ...]) -> None:
    agent = agent_of(user_agent)
    found = (agent.browser, agent.browser_family, agent.browser_version, agent.os, agent.device_type)
    assert found == expected
