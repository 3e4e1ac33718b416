"""Tell by its user agent what drives an agent: a person, or which kind of program."""

from enum import IntEnum
from functools import cache, lru_cache
from typing import Final

import crawleruseragents
import re2
import ua_parser


class AgentKind(IntEnum):
    """What drives an agent. When several fit, the greatest is the answer: the others say less."""

    PERSON = 0
    # Any program that is of no other kind.
    BOT = 1
    # Shows people what a link leads to.
    PREVIEW = 2
    # Watches whether sites are up.
    MONITOR = 3
    # Checks the links in messages, for a mail provider or inside a mail program.
    MAIL_SCANNER = 4


# HTTP libraries and command line tools that neither list knows, and words that only robots use of themselves.
# A product token at the start, so that a browser which only mentions one of them stays a person.
_TOOLS: Final = (
    r"(?i)^(?:curl|wget|aria2|httpie|xh|lwp[-:a-z]*|libwww[-a-z]*|python[-a-z0-9._]*|aiohttp|httpx|urllib3?|scrapy"
    r"|go-http-client|go\s|okhttp|apache-httpclient|java|jakarta|ktor-client|reactor-netty|node(?:-fetch|\.js)?|undici"
    r"|axios|got|superagent|undefined|deno|bun|ruby|faraday|rest-client|typhoeus|guzzlehttp|php|symfony|zend"
    r"|dart|reqwest|hyper|ureq|isahc|perl|mojolicious|restsharp|powershell|winhttp|insomnia|postmanruntime|paw|k6"
    r"|wrk|hey|ab|apachebench|vegeta|locust|grpc|cloudfront|nmap|masscan|zgrab)(?:[/ ;(_-]|$)"
)
# "ubot" is left out: CUBOT makes telephones.
_WORDS: Final = r"(?i)(?:\bbot\b|[a-tv-z]bot[/;) ]|crawler|spider|scraper|headless|phantomjs)"
_PREVIEWS: Final = (
    r"(?i)(?:link.?preview|url.?preview|unfurl|slackbot|slack-imgproxy|facebookexternalhit|facebookexternalua|facebot"
    r"|twitterbot|discordbot|telegrambot|linkedinbot|skypeuripreview|^whatsapp/|kakaotalk-scrap|line-poker|pinterestbot"
    r"|iframely|embedly|cardyb|bitlybot|zulip url|rocket\.chat|mattermost)"
)
# Balancers and proxies ask whether a site is up, too.
_MONITORS: Final = (
    r"(?i)(?:uptime|monitoring|healthcheck|health check|health-check|pingdom|statuscake|site24x7|hetrixtools|updown\.io"
    r"|newrelicpinger|datadogsynthetics|nagios|icinga|zabbix|check_http|prtg|alwayson"
    r"|^(?:kube-probe|googlehc|envoy|haproxy|nginx|blackbox|prometheus|monit|consul)(?:[/ ;(_-]|$))"
)
# Office and desktop Outlook open links in a browser, having looked at them under their own name before. Most filters
# pass themselves off as browsers; these do not.
_MAIL_SCANNERS: Final = (
    r"(?i)(?:ms-office|msoffice|^microsoft office|microsoft outlook|^microsoft exchange|safelinks|barracuda|proofpoint"
    r"|mimecast|ironport|ciscosecureemail|messagelabs|fireeye|fortimail|trend ?micro|vade ?secure|forcepoint|cloudmark"
    r"|avanan|spamassassin|rspamd|googleimageproxy|yahoomailproxy|fastmailua)"
)
# What the crawler list says of its entries, where that is a kind of ours.
_TAGS: Final = {"social-preview": AgentKind.PREVIEW, "monitoring": AgentKind.MONITOR}

# What browsers say in Purpose or Sec-Purpose of pages that nobody has opened yet.
_AHEAD: Final = ("prefetch", "prerender", "preview")


class _Patterns:
    """All patterns in one automaton, and the kind that each stands for."""

    def __init__(self) -> None:
        self._set = re2.Set.SearchSet()
        self._kinds: list[AgentKind] = []
        for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA:
            kinds = [_TAGS[tag] for tag in entry["tags"] if tag in _TAGS]
            self._add(entry["pattern"], max(kinds, default=AgentKind.BOT))
        self._add(_TOOLS, AgentKind.BOT)
        self._add(_WORDS, AgentKind.BOT)
        self._add(_PREVIEWS, AgentKind.PREVIEW)
        self._add(_MONITORS, AgentKind.MONITOR)
        self._add(_MAIL_SCANNERS, AgentKind.MAIL_SCANNER)
        self._set.Compile()

    def _add(self, pattern: str, kind: AgentKind) -> None:
        self._set.Add(pattern)
        self._kinds.append(kind)

    def kind_of(self, text: str) -> AgentKind:
        # None when there is no match, whatever the stub says.
        found = self._set.Match(text) or ()
        return max((self._kinds[index] for index in found), default=AgentKind.PERSON)


@cache
def _patterns() -> _Patterns:
    return _Patterns()


def _is_spider(user_agent: str) -> bool:
    device = ua_parser.parse_device(user_agent)
    return device is not None and device.family == "Spider"


@lru_cache(maxsize=16_384)
def kind_of(user_agent: str) -> AgentKind:
    """Answer what drives an agent. No agent at all is a bot's: every browser names itself."""
    if not user_agent.strip():
        return AgentKind.BOT
    # A lone surrogate cannot be encoded, which the pattern set would refuse with an exception.
    text = user_agent.encode("utf-8", "replace").decode()
    kind = _patterns().kind_of(text)
    return AgentKind.BOT if kind is AgentKind.PERSON and _is_spider(text) else kind


def is_bot(user_agent: str) -> bool:
    """Say whether an agent is automated, of whatever kind."""
    return kind_of(user_agent) is not AgentKind.PERSON


def is_loading_ahead(purpose: str) -> bool:
    """Say whether a browser asks for something that its user has not opened, by Purpose or Sec-Purpose."""
    text = purpose.lower()
    return any(word in text for word in _AHEAD)


def warm_up() -> None:
    """Compile the patterns now rather than on the first click."""
    kind_of("Mozilla/5.0")
