"""Read browser, operating system and device from a user agent."""

from functools import lru_cache
from typing import Any, Final

import ua_parser
import user_agents.parsers

from services.analytics.domain.click import Agent

# Names with which ua-parser tells platforms of one browser apart.
_FAMILIES: Final = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "IE Mobile": "IE",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Opera Mini": "Opera",
    "Opera Mobile": "Opera",
    "Opera Tablet": "Opera",
}
_LONGEST: Final = 100


class _FastParser:
    """Stands in for the slow parser that user-agents brings along: the same patterns, compiled."""

    @staticmethod
    def Parse(user_agent: str) -> dict[str, dict[str, Any]]:  # noqa: N802 - the name that user-agents calls.
        found = ua_parser.parse(user_agent).with_defaults()
        agent, system, device = found.user_agent, found.os, found.device
        return {
            "user_agent": {
                "family": agent.family,
                "major": agent.major,
                "minor": agent.minor,
                "patch": agent.patch,
            },
            "os": {
                "family": system.family,
                "major": system.major,
                "minor": system.minor,
                "patch": system.patch,
                "patch_minor": system.patch_minor,
            },
            "device": {"family": device.family, "brand": device.brand, "model": device.model},
        }


user_agents.parsers.user_agent_parser = _FastParser


@lru_cache(maxsize=16_384)
def agent_of(user_agent: str) -> Agent:
    """Read a user agent; a name that ua-parser does not know is empty."""
    if not user_agent.strip():
        return Agent()
    # A lone surrogate cannot be encoded, which the compiled patterns would refuse with an exception.
    parsed = user_agents.parse(user_agent.encode("utf-8", "replace").decode())
    browser = _known(parsed.browser.family)
    version = parsed.browser.version_string.partition(".")[0] if browser else ""
    os = _known(parsed.os.family)
    return Agent(
        browser=browser,
        browser_family=_FAMILIES.get(browser, browser),
        browser_version=version[:_LONGEST],
        os=os,
        device_type=_device_type(parsed, known=bool(browser or os)),
    )


def _known(family: str) -> str:
    return "" if family == "Other" else family[:_LONGEST]


def _device_type(parsed: user_agents.parsers.UserAgent, *, known: bool) -> str:
    # The order matters: a tablet is touch-capable and may pass for mobile.
    if parsed.is_tablet:
        return "tablet"
    if parsed.is_mobile:
        return "mobile"
    if parsed.is_pc:
        return "desktop"
    return "other" if known else ""
