"""What counts as an automated agent."""

import crawleruseragents
import pytest

from services.common.agent_patterns import REPLACED
from services.common.bots import AgentKind, is_bot, is_loading_ahead, kind_of

BROWSERS = [
    (
        "Mozilla/5.0 (Linux; Android 10; HD1901) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.4044.138 Mobile "
        "Safari/537.36"
    ),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 "
        "Safari/605.1.15"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
        "Instagram 300.0.0.0 (iPhone14,5; iOS 17_0; en_US)"
    ),
    (
        "Mozilla/5.0 (Linux; Android 9; CUBOT X18 Plus) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0 Mobile "
        "Safari/537.36"
    ),
    "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10",
]
PROGRAMS = [
    "claude-code/2.1.107 (cli)",
    "OpenAI/JS 4.77.0",
    "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.22621.2506",
    "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.2",
    "http-kit/2.0",
    "go-resty/2.13.1 (https://github.com/go-resty/resty)",
    "Go 1.1 package http",
    "scalaj-http/2.4.2",
    "lua-resty-http/0.17 (Lua) ngx_lua/10025",
    "mint/1.6.0",
    "IFTTT-Protocol/v1",
    "azure-logic-apps/1.0 (workflow 1; version 1) microsoft-flow/1.0",
    "Nuclei - Open-source project (github.com/projectdiscovery/nuclei)",
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Cypress/13.9.0 "
        "Chrome/118.0.5993.159 Electron/27.3.10 Safari/537.36"
    ),
    "Mozilla/5.0 (compatible; FacebookCatalog/1.0)",
    "Mozilla/5.0 (compatible; Dataprovider/6.92; +https://www.dataprovider.com/)",
    "Mozilla/5.0 (compatible; Character-AI/1.0; +https://character.ai/)",
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko; Google-Ads-Qualify) "
        "Chrome/140.0.0.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Linux; Android 11; moto g power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Mobile Safari/537.36 CloudflareObservatory/1.0"
    ),
    "Mozilla/5.0 (compatible; Wappalyzer; +https://github.com/AliasIO/Wappalyzer)",
    "Mozilla/5.0 (compatible; Shareaholic/1.0; +http://www.shareaholic.com/steve)",
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
        "BuiltWith/1.0; +http://builtwith.com/biup) Chrome/140.0.0.0 Safari/537.36"
    ),
    # Others of these kinds.
    "sttp-http/1.2",
    "MyReader/1.0 (+https://reader.example/about)",
    "Mozilla/5.0 (compatible; Unheard/2.0)",
    "unheard-of-sdk/0.3.1",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (compatible; Unheardbot/2.1)",
]
TOOLS = [
    "curl/8.1.2",
    "Wget/1.21.3",
    "python-requests/2.31.0",
    "python-httpx/0.28",
    "aiohttp/3.9",
    "Go-http-client/2.0",
    "Java/17.0.1",
    "Apache-HttpClient/4.5.13 (Java/1.8.0_352)",
    "okhttp/4.11.0",
    "node-fetch/1.0",
    "PostmanRuntime/7.36",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23.20.0 A",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Twitterbot/1.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
]

KINDS = {
    AgentKind.PREVIEW: [
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "WhatsApp/2.23.20.0 A",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Twitterbot/1.0",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "TelegramBot (like TwitterBot)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        # Messages on the Mac names others beside Safari.
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
            "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
        ),
    ],
    AgentKind.MONITOR: [
        "DynatraceSynthetic/1.179",
        "Cronitor/1.0",
        "Xymon xymonnet/4.3.17",
        "collectd/5.5.1",
        "munin/http_loadtime",
        "Mozilla/5.0 (compatible; phpservermon/3.1.1; +http://www.phpservermonitor.org)",
        "WebGazer/1.0 (+https://www.webgazer.io)",
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/98 Safari/537.36 StatusCake",
        "kube-probe/1.27",
        "GoogleHC/1.0",
        "ELB-HealthChecker/2.0",
        "Envoy/HC",
        "Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)",
    ],
    AgentKind.MAIL_SCANNER: [
        "RamblerMail/6.0 (incompatible; ImageProxy/6.0)",
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 "
            "(via secureurl.fwdcdn.com - mail.ukr.net proxy)"
        ),
        "Kaspersky Lab CFR link resolver contact@kaspersky.example",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13901; Pro)",
        "Barracuda Sentinel (EE)",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    ],
    AgentKind.BOT: [
        "curl/8.1.2",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
    ],
    AgentKind.PERSON: [
        *BROWSERS,
        # The browser inside a mail program on a telephone: somebody opened the link there.
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Mobile/15E148 Outlook-iOS/709.2226530.prod.iphone"
        ),
    ],
}


@pytest.mark.parametrize("user_agent", BROWSERS)
def test_a_browser_is_no_bot(user_agent: str) -> None:
    assert not is_bot(user_agent)


@pytest.mark.parametrize("user_agent", TOOLS)
def test_a_tool_or_crawler_is_a_bot(user_agent: str) -> None:
    assert is_bot(user_agent)


@pytest.mark.parametrize("user_agent", PROGRAMS)
def test_a_program_that_no_list_knows_gives_itself_away(user_agent: str) -> None:
    """By an address for complaints, by words, or by being no browser on any machine of people."""
    assert is_bot(user_agent)


@pytest.mark.parametrize("user_agent", ["", "  "])
def test_no_agent_counts_as_a_bot(user_agent: str) -> None:
    """Every browser names itself."""
    assert is_bot(user_agent)


def test_every_known_crawler_is_found() -> None:
    """No example of the crawler list passes as a person."""
    entries = [entry for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA if entry["pattern"] not in REPLACED]
    examples = [text for entry in entries for text in entry["instances"]]
    assert [text for text in examples if not is_bot(text)] == []


@pytest.mark.parametrize("user_agent", ["\ud800", "\x00", "(" * 512, "é" * 256])
def test_odd_text_is_answered_not_raised(user_agent: str) -> None:
    """Whatever a client sends, there is an answer."""
    assert is_bot(user_agent) in {True, False}


@pytest.mark.parametrize(("kind", "user_agent"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_programs_are_told_apart_by_what_they_are_for(kind: AgentKind, user_agent: str) -> None:
    assert kind_of(user_agent) is kind


@pytest.mark.parametrize(
    ("purpose", "ahead"),
    [
        ("prefetch", True),
        ("Prefetch;prerender", True),
        ("prefetch;anonymous-client-ip", True),
        ("preview", True),
        ("", False),
        ("navigate", False),
    ],
)
def test_a_browser_that_loads_ahead_says_so(purpose: str, ahead: bool) -> None:
    assert is_loading_ahead(purpose) is ahead


def test_what_stands_for_a_pattern_that_matches_people_is_in_the_list() -> None:
    """An entry that the list has mended or dropped is dropped here, too."""
    known = {entry["pattern"] for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA}
    assert set(REPLACED) - known == set()
