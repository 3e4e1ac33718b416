"""Tell automated agents from people by their user agent."""

from functools import cache, lru_cache

import crawleruseragents
import re2
import ua_parser

# HTTP libraries and command line tools that neither list knows, and words that only robots use of themselves.
# A product token at the start, so that a browser which only mentions one of them stays a person.
_TOOLS = (
    r"(?i)^(?:curl|wget|aria2|httpie|xh|lwp[-:a-z]*|libwww[-a-z]*|python[-a-z0-9._]*|aiohttp|httpx|urllib3?|scrapy"
    r"|go-http-client|go\s|okhttp|apache-httpclient|java|jakarta|ktor-client|reactor-netty|node(?:-fetch|\.js)?|undici"
    r"|axios|got|superagent|undefined|deno|bun|ruby|faraday|rest-client|typhoeus|guzzlehttp|php|symfony|zend"
    r"|dart|reqwest|hyper|ureq|isahc|perl|mojolicious|restsharp|powershell|winhttp|insomnia|postmanruntime|paw|k6"
    r"|wrk|hey|ab|apachebench|vegeta|locust|envoy|nginx|haproxy|kube-probe|grpc|elb-healthchecker|cloudfront"
    r"|googlehc|blackbox|prometheus|nmap|masscan|zgrab)(?:[/ ;(_-]|$)"
)
# "ubot" is left out: CUBOT makes telephones.
_WORDS = r"(?i)(?:\bbot\b|[a-tv-z]bot[/;) ]|crawler|spider|scraper|headless|phantomjs|link.?preview|uptime|monitoring)"


@cache
def _patterns() -> re2.Set:
    patterns = re2.Set.SearchSet()
    for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA:
        patterns.Add(entry["pattern"])
    patterns.Add(_TOOLS)
    patterns.Add(_WORDS)
    patterns.Compile()
    return patterns


def _is_spider(user_agent: str) -> bool:
    device = ua_parser.parse_device(user_agent)
    return device is not None and device.family == "Spider"


@lru_cache(maxsize=16_384)
def is_bot(user_agent: str) -> bool:
    """Say whether an agent is automated. No agent at all counts as one: every browser names itself."""
    if not user_agent.strip():
        return True
    # A lone surrogate cannot be encoded, which the pattern set would refuse with an exception.
    text = user_agent.encode("utf-8", "replace").decode()
    return bool(_patterns().Match(text)) or _is_spider(text)


def warm_up() -> None:
    """Compile the patterns now rather than on the first click."""
    is_bot("Mozilla/5.0")
