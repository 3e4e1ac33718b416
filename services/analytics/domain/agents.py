"""Read browser, operating system and device from a user agent."""

import re
from functools import lru_cache
from typing import Any, Final

import ua_parser
import user_agents.parsers

from services.analytics.domain.click import Agent
from services.analytics.domain.devices import device_type_of

# What ua-parser appends to a browser's name to tell its platforms apart, and the names that it makes otherwise.
_PLATFORM: Final = re.compile(r" (?:Mobile(?: iOS| WebView)?|iOS|Tablet|WebView|Android)$")
_FAMILIES: Final = {
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Opera Mini": "Opera",
}
# The bare engines, behind which an application may stand.
_ENGINES: Final = frozenset({"Chrome", "Safari", "Android", ""})
# What the browsers inside applications say of themselves where ua-parser sees their engine only.
_APPLICATIONS: Final = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"LinkedInApp", "LinkedIn"),
        (r"Barcelona \d", "Threads"),
        (r"Instagram \d", "Instagram"),
        (r"\bFB(?:AN|AV|_IAB)\b|MetaIAB Facebook", "Facebook"),
        (r"MicroMessenger/", "WeChat"),
        (r"musical_ly|BytedanceWebview|\btrill_", "TikTok"),
        (r"\bSnapchat/", "Snapchat"),
        (r"\[Pinterest/|\bPinterest/", "Pinterest"),
        (r"TwitterAndroid|\bTwitter(?: for |/)", "Twitter"),
        (r"\bTelegram-(?:Android|iOS)/", "Telegram"),
        (r"\bViber/", "Viber"),
        (r"\bLine/", "LINE"),
        (r"KAKAOTALK", "KakaoTalk"),
        (r"NAVER\(inapp", "NAVER"),
        (r"\bZalo ", "Zalo"),
        (r"VKAndroidApp|\bVKIOSApp|com\.vk\.", "VK"),
        (r"\bReddit/", "Reddit"),
        (r"\bDiscord/", "Discord"),
        (r"\bSlack(?:_SSB)?/", "Slack"),
        (r"\bTeams(?:Mobile)?[-/]", "Teams"),
        (r"Outlook-(?:iOS|Android)/", "Outlook"),
        (r"\bGSA/", "Google"),
        (r"\b(?:DuckDuckGo|Ddg)/", "DuckDuckGo"),
        (r"\bEcosia(?:IOS|iOS| ios)?[@/]", "Ecosia"),
    )
)
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
    """Return what a user agent says of software and device; a name that ua-parser does not know is empty."""
    if not user_agent.strip():
        return Agent()
    # A lone surrogate cannot be encoded, which the compiled patterns would refuse with an exception.
    text = user_agent.encode("utf-8", "replace").decode()
    parsed = user_agents.parse(text)
    browser = _known(parsed.browser.family)
    version = parsed.browser.version_string.partition(".")[0] if browser else ""
    os = _known(parsed.os.family)
    return Agent(
        browser=browser,
        browser_family=_family(browser, text),
        browser_version=version[:_LONGEST],
        os=os,
        device_type=device_type_of(text, parsed, known=bool(browser or os)),
    )


def _known(family: str) -> str:
    return "" if family == "Other" else family[:_LONGEST]


def _family(browser: str, text: str) -> str:
    family = _PLATFORM.sub("", _FAMILIES.get(browser, browser))
    if family in _ENGINES:
        return next((name for pattern, name in _APPLICATIONS if pattern.search(text)), family)
    return family
