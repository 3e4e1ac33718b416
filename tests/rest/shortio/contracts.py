"""Which keys Short.io's official clients insist on, and of which types.

The facts are those of the models in ShortIOSDK for Swift and for Kotlin and in @short.io/client-node 1.1 and 3.3,
each key as the strictest of them has it. A key that ends with a question mark may be absent; null is only what nullable
takes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

Shape = Callable[[Any], bool] | list[Any] | Mapping[str, Any]


def TEXT(value: Any) -> bool:  # noqa: N802
    """Take a string."""
    return isinstance(value, str)


def FLAG(value: Any) -> bool:  # noqa: N802
    """Take true or false."""
    return isinstance(value, bool)


def WHOLE(value: Any) -> bool:  # noqa: N802
    """Take a number that typed clients can read as an integer."""
    return isinstance(value, int) and not isinstance(value, bool)


def OBJECT(value: Any) -> bool:  # noqa: N802
    """Take any object."""
    return isinstance(value, dict)


def nullable(kind: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Take null, too."""
    return lambda value: value is None or kind(value)


def one_of(*values: str) -> Callable[[Any], bool]:
    """Take one of the values of an enumeration."""
    return lambda value: value in values


_SOURCES: Final = ("website", "api", "public", "spreadsheets", "slack", "telegram", "")
LINK: Final = {
    **dict.fromkeys(("originalURL", "path", "idString", "id", "shortURL", "secureShortURL", "createdAt"), TEXT),
    **dict.fromkeys(("cloaking", "skipQS", "archived", "hasPassword", "passwordContact"), FLAG),
    **dict.fromkeys(("DomainId", "OwnerId"), WHOLE),
    "updatedAt": nullable(TEXT),
    "tags": [TEXT],
    "source": one_of(*_SOURCES),
    "redirectType": one_of("301", "302", "307", "308"),
    "User": {"id": WHOLE, "name": TEXT, "email": TEXT, "photoURL": TEXT},
    **dict.fromkeys(("title?", "expiresAt?", "expiredURL?", "ttl?", "password?", "FolderId?"), TEXT),
    **dict.fromkeys(("utmSource?", "utmMedium?", "utmCampaign?", "utmTerm?", "utmContent?"), TEXT),
    **dict.fromkeys(("androidURL?", "iphoneURL?", "splitURL?"), TEXT),
    **dict.fromkeys(("clicksLimit?", "splitPercent?"), WHOLE),
}
CREATED: Final = {**LINK, "success": FLAG, "duplicate": FLAG}
COPIED: Final = {**CREATED, "duplicatedFrom": TEXT}
LINKS: Final = {"count": WHOLE, "links": [LINK], "nextPageToken?": TEXT}
SUCCESS: Final = {"success": FLAG, "idString?": TEXT}
ERROR: Final = {"error": TEXT, "message": TEXT, "code": TEXT, "statusCode": WHOLE, "success": FLAG, "field?": TEXT}
DOMAIN: Final = {
    **dict.fromkeys(("id",), WHOLE),
    **dict.fromkeys(("hostname", "unicodeHostname", "createdAt", "updatedAt", "incrementCounter"), TEXT),
    **dict.fromkeys(("hasFavicon", "hideReferer", "cloaking", "hideVisitorIp", "enableAI", "httpsLinks"), FLAG),
    **dict.fromkeys(("caseSensitive", "exportEnabled", "enableConversionTracking", "isFavorite"), FLAG),
    **dict.fromkeys(("qrScanTracking", "purgeExpiredLinks"), FLAG),
    "state": one_of("extra_records", "not_registered", "configured", "not_configured", "registration_pending"),
    "linkType": one_of("increment", "random", "secure", "four-char", "eight-char", "ten-char"),
    "httpsLevel": one_of("none", "redirect", "hsts"),
    "robots": one_of("allow", "disallow", "noindex"),
    "setupType": one_of("dns", "js"),
    "clientStorage": OBJECT,
    "UserId?": WHOLE,
    "TeamId?": WHOLE,
}
_INTERVAL: Final = dict.fromkeys(("startDate", "endDate", "prevStartDate", "prevEndDate"), nullable(TEXT))
# The documentation's answers have texts for y, which the Node client types as numbers.
_CHART: Final = {"datasets": [{"data": [{"x": TEXT, "y": TEXT}]}]}
_BREAKDOWNS: Final = {
    "referer": [{"score": WHOLE, "referer": TEXT}],
    "social": [{"score": WHOLE, "social": TEXT, "socialName?": TEXT}],
    "browser": [{"score": WHOLE, "browser": TEXT, "browserName?": TEXT}],
    "os": [{"score": WHOLE, "os": TEXT}],
    "country": [{"score": WHOLE, "country": TEXT, "countryName": TEXT}],
}
LINK_STATISTICS: Final = {
    "totalClicks": WHOLE,
    "humanClicks": WHOLE,
    "totalClicksChange": TEXT,
    "humanClicksChange": TEXT,
    "clickStatistics": _CHART,
    "interval": _INTERVAL,
    **_BREAKDOWNS,
    "city": [{"score": WHOLE, "city": TEXT, "name": TEXT}],
}
DOMAIN_STATISTICS: Final = {
    **dict.fromkeys(("clicks", "humanClicks", "links"), WHOLE),
    **dict.fromkeys(("linksChange", "clicksPerLink", "clicksPerLinkChange", "humanClicksPerLink"), TEXT),
    **dict.fromkeys(("prevClicksChange", "humanClicksChange"), TEXT),
    **dict.fromkeys(("linksChangePositive", "humanClicksChangePositive"), FLAG),
    "clickStatistics": _CHART,
    "interval": _INTERVAL,
    **_BREAKDOWNS,
    "city": [{"score": WHOLE, "city": WHOLE, "name": TEXT}],
    **{name: [{"score": WHOLE, name: TEXT}] for name in ("utm_medium", "utm_source", "utm_campaign")},
}
BY_INTERVAL: Final = {"clickStatistics": [{"x": TEXT, "y": TEXT}]}
TOP: Final = [{"score": WHOLE, "column": TEXT, "displayName": TEXT}]
TOP_BY_INTERVAL: Final = [{"date": TEXT, "statistics": [{"column": TEXT, "score": TEXT}]}]
CLICKS: Final = [
    {
        **dict.fromkeys(("host", "path", "lcpath", "dt", "method", "url", "ip", "proto", "ref", "ua"), TEXT),
        **dict.fromkeys(("browser", "browser_version", "country", "city", "social", "refhost", "os"), TEXT),
        **dict.fromkeys(("utm_source", "utm_medium", "utm_campaign"), TEXT),
        "st": WHOLE,
        "human": FLAG,
        "goal_completed": nullable(FLAG),
        "ab_path": nullable(TEXT),
    }
]


def problems(value: Any, shape: Shape, path: str = "answer") -> list[str]:
    """List what a typed client would trip over."""
    if callable(shape):
        return [] if shape(value) else [f"{path} is {value!r}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [
            problem for number, item in enumerate(value) for problem in problems(item, shape[0], f"{path}.{number}")
        ]
    if not isinstance(value, dict):
        return [f"{path} is no object"]
    found = []
    for key, inner in shape.items():
        name = key.removesuffix("?")
        if name in value:
            found += problems(value[name], inner, f"{path}.{name}")
        elif name == key:
            found.append(f"{path}.{name} is absent")
    return found
