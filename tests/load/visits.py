"""Visits as the web has them: agents, addresses, referrers and campaigns, always the same ones."""

import random
from datetime import UTC, datetime
from typing import Final

import crawleruseragents
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import clicks_pb2

SEED: Final = 20260101
OWNER: Final = 2
DOMAIN: Final = "localhost"
_BOT_SHARE: Final = 0.12
_SYSTEMS: Final = {
    "Windows NT 10.0; Win64; x64": 40,
    "Macintosh; Intel Mac OS X 10_15_7": 14,
    "X11; Linux x86_64": 5,
    "Linux; Android 14; Pixel 8": 12,
    "Linux; Android 13; SM-S918B": 12,
}
_CHROMES: Final = range(118, 141)
_PHONES: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {0}_{1} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/{0}.{1} Mobile/15E148 Safari/604.1"
)
_REFERRERS: Final = {
    "": 45,
    "https://t.co/": 9,
    "https://www.google.com/": 12,
    "https://www.facebook.com/": 7,
    "https://www.linkedin.com/feed/": 4,
    "https://news.ycombinator.com/item?id={0}": 6,
    "https://www.reddit.com/r/all/comments/{0}/": 6,
    "https://blog-{0}.example/post": 7,
    "https://mail.example/{0}": 4,
}
_LANGUAGES: Final = {
    "en-US,en;q=0.9": 45,
    "de-DE,de;q=0.9": 12,
    "fr-FR,fr;q=0.8": 9,
    "ja-JP,ja": 8,
    "pt-BR,pt": 8,
    "": 18,
}
_CAMPAIGNS: Final = {
    "": 70,
    "utm_source=newsletter&utm_medium=email&utm_campaign=week-{0}": 15,
    "utm_source=twitter&utm_medium=social&utm_campaign=launch": 15,
}


def recorded_visits(count: int, link_id: int, *, owner_id: int = OWNER) -> list[bytes]:
    """Make clicks as an outbox holds them, of now."""
    now = Timestamp()
    now.FromDatetime(datetime.now(UTC))
    choose = random.Random(SEED)
    return [
        recorded_visit(choose, link_id=link_id, time=now, owner_id=owner_id).SerializeToString() for _ in range(count)
    ]


def recorded_visit(
    choose: random.Random, *, link_id: int, time: Timestamp, owner_id: int = OWNER
) -> clicks_pb2.RecordedClick:
    """Draw a visit."""
    number = choose.randrange(40)
    return clicks_pb2.RecordedClick(
        time=time,
        link_id=link_id,
        owner_id=owner_id,
        domain_id=1,
        domain=DOMAIN,
        code="code",
        destination="https://example.com/landing",
        http_status=302,
        method="GET",
        scheme="https",
        ip=f"{choose.randrange(1, 224)}.{choose.randrange(256)}.{choose.randrange(256)}.{choose.randrange(1, 255)}",
        user_agent=_agent(choose),
        referrer=_drawn(choose, _REFERRERS).format(number),
        accept_language=_drawn(choose, _LANGUAGES),
        query=_drawn(choose, _CAMPAIGNS).format(number),
        latency_us=choose.randrange(150, 900),
    )


def _agent(choose: random.Random) -> str:
    if choose.random() < _BOT_SHARE:
        return crawler_agent(choose)
    return browser_agent(choose)


def crawler_agent(choose: random.Random) -> str:
    """Draw what a program calls itself."""
    bot = choose.choice(crawleruseragents.CRAWLER_USER_AGENTS_DATA)
    return str(choose.choice(bot["instances"] or ["Googlebot/2.1"]))


def browser_agent(choose: random.Random) -> str:
    """Draw what a browser calls itself."""
    if choose.random() < 0.25:
        return _PHONES.format(choose.randrange(15, 19), choose.randrange(6))
    system, version = _drawn(choose, _SYSTEMS), choose.choice(_CHROMES)
    if choose.random() < 0.15 and "Android" not in system:
        return f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
    mobile = " Mobile" if "Android" in system else ""
    engine = "AppleWebKit/537.36 (KHTML, like Gecko)"
    return f"Mozilla/5.0 ({system}) {engine} Chrome/{version}.0.0.0{mobile} Safari/537.36"


def _drawn(choose: random.Random, weighted: dict[str, int]) -> str:
    return choose.choices(list(weighted), list(weighted.values()))[0]
