"""Clicks drawn by DuckDB: as many as wanted, the same ones for the same seed, and as unlike each other as real ones.

Everything is a function of a click's number or of its visitor's, so that any range of clicks can be drawn by itself,
by any number of threads. Addresses and hashes are random; two of five clicks are their visitor's first; browsers send
a referrer's origin (the default policy of all of them), and a few sites the page.
"""

import lzma
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Final

import duckdb

from services.analytics import data
from services.analytics.domain.agents import agent_of
from services.analytics.domain.classes import DEFINITION, ClickClass, class_of
from services.analytics.domain.countries import continent_of
from services.analytics.domain.referrals import referral_of, social_network_of
from services.analytics.segments.layout import CLICK_COLUMNS
from tests.load.visits import DOMAIN, OWNER, browser_agent, crawler_agent

# Numbers of visitors are mixed in pieces of so many, as if so many had been new in one settling.
_NUMBERED: Final = 20_000
# Of so many clicks, so that all pieces are whole.
CLICKS_A_PIECE: Final = 50_000
_CRAWLERS: Final = 60
_BROWSERS: Final = 180
_CITIES: Final = 10_000
_SITES: Final = 20_000
_PAGES: Final = 300_000
# All others follow in the order of the alphabet.
_COUNTRIES: Final = "US IN DE GB BR FR JP CA ES IT MX ID NL AU PL TR KR VN PH SE CH AR TH ZA UA"
_LANGUAGES: Final = "en de fr es pt ja it nl pl tr ko vi id sv zh ru ar cs da fi el he hu nb ro th uk"
_KNOWN_SITES: Final = (
    "https://www.google.com/",
    "https://t.co/",
    "https://www.facebook.com/",
    "https://l.instagram.com/",
    "https://www.linkedin.com/",
    "https://www.reddit.com/",
    "https://www.youtube.com/",
    "https://www.bing.com/",
    "android-app://com.google.android.gm/",
    "https://news.ycombinator.com/",
)
_ENDINGS: Final = ("com", "com", "com", "org", "net", "de", "co.uk", "io", "fr", "com.br")

# A number in [0, 1), and a rank from 0 on by Zipf's law; salts keep draws apart. Hashed twice, because the hash of
# several values is little more than the XOR of theirs: draws of two salts would follow each other.
_MACROS: Final = """
CREATE MACRO drawn(salt, number) AS hash(xor(hash(number), hash({seed}, salt)));
CREATE MACRO share(salt, number) AS (drawn(salt, number) >> 11)::DOUBLE / 9007199254740992.0;
CREATE MACRO ranked(salt, number, most) AS
    least(most - 1, floor(exp(share(salt, number) * ln(most + 1.0)))::BIGINT - 1);
CREATE MACRO bits(salt, number, place) AS ((drawn(salt, number) >> place) & 65535);
CREATE MACRO ipv4(number) AS format('{{}}.{{}}.{{}}.{{}}', 1 + bits('ip', number, 48) % 223,
    bits('ip', number, 32) & 255, bits('ip', number, 16) & 255, bits('ip', number, 0) & 255);
CREATE MACRO ipv6(number) AS printf('2%03x:%x:%x:%x:%x:%x:%x:%x', bits('network', number, 0) & 255,
    bits('network', number, 48), bits('network', number, 32), bits('network', number, 16), bits('ip', number, 48),
    bits('ip', number, 32), bits('ip', number, 16), bits('ip', number, 0));
CREATE MACRO number_of(visitor) AS
    (visitor // {numbered} * {numbered} + (visitor % {numbered} * 7919 + 13) % {numbered})::INTEGER;
CREATE MACRO hash_of(visitor) AS (drawn('visitor', visitor)::HUGEINT - 9223372036854775808)::BIGINT;
"""
# The ones of five clicks that are no visitor's first are of one who was there before, rather of late.
_DRAWN: Final = f"""
CREATE OR REPLACE TEMP TABLE drawn_clicks AS
WITH numbers AS (
    SELECT i, hours.hour + (i - hours.first + share('moment', i)) / (hours."end" - hours.first) AS hour
    FROM (SELECT unnest($hours) AS hours), range(hours.first, hours."end") AS each(i)
), identities AS (
    SELECT i, hour, CASE WHEN i % 5 < 2 THEN i // 5 * 2 + i % 5
        ELSE least(i // 5 * 2 + 1, ((i // 5 * 2 + 2) * (1 - pow(share('return', i), 3)))::BIGINT) END AS visitor,
        CASE WHEN i % 10 = drawn('hot', i // 10) % 10 THEN 0 ELSE 1 + ranked('link', i, $links - 1) END AS link_number,
        share('referrer', i) AS referred, ranked('page', i, {_PAGES}) AS page,
        share('campaign', i) < 0.1 AS has_campaign
    FROM numbers
), choices AS (
    SELECT *, CASE WHEN share('program', visitor) < 0.1 THEN ranked('agent', visitor, {_CRAWLERS})
        ELSE {_CRAWLERS} + ranked('agent', visitor, {_BROWSERS}) END AS agent,
        CASE WHEN referred < 0.4 THEN -1 WHEN referred < 0.9 THEN ranked('site', i, {_SITES})
        ELSE ranked('site', -page, {_SITES}) END AS site,
        CASE WHEN referred >= 0.9 THEN printf('%x/', drawn('folder', page) & 255) || substr(md5(page::VARCHAR), 1, 16)
        ELSE '' END AS path
    FROM identities
)
SELECT '{{source}}' AS source, i + 1 AS sequence, make_timestamptz((hour * 3600000000)::BIGINT) AS time,
    link_id, {OWNER}::BIGINT AS owner_id, 1::BIGINT AS domain_id, '{DOMAIN}' AS domain, code, destination,
    302::SMALLINT AS http_status, CASE WHEN is_bot AND i % 7 = 0 THEN 'HEAD' ELSE 'GET' END AS method,
    'https' AS scheme,
    CASE WHEN share('family', visitor) < 0.65 THEN ipv4(visitor) ELSE ipv6(visitor) END AS ip,
    user_agent, '' AS purpose, '' AS variant, (150 - ln(1 - share('latency', i)) * 250)::INTEGER AS latency_us,
    browser, browser_family, browser_version, os, device_type, is_bot, click_class,
    {DEFINITION}::SMALLINT AS definition,
    country, city, city_geoname_id, region, continent,
    coalesce(home || path || CASE WHEN referred > 0.97 THEN '?id=' || i ELSE '' END, '') AS referrer,
    coalesce(host, '') AS referrer_host, coalesce(origin, '') AS referrer_origin,
    coalesce(home || path, '') AS referrer_page, coalesce(social_network, '') AS social_network,
    CASE WHEN has_campaign THEN ['newsletter', 'twitter', 'facebook', 'google', 'linkedin', 'partner', 'qr', 'sms']
        [1 + ranked('utm source', i, 8)] ELSE '' END AS utm_source,
    CASE WHEN has_campaign THEN ['email', 'social', 'cpc', 'print'][1 + ranked('utm source', i, 4)] ELSE '' END
        AS utm_medium,
    CASE WHEN has_campaign THEN 'week-' || ranked('utm campaign', i, 200) ELSE '' END AS utm_campaign,
    '' AS utm_term, CASE WHEN has_campaign AND i % 3 = 0 THEN 'button-' || i % 4 ELSE '' END AS utm_content,
    language, number_of(visitor) AS visitor
FROM choices
JOIN links ON links.number = link_number JOIN agents ON agents.number = agent
JOIN places ON places.number = ranked('place', visitor, {_CITIES})
JOIN languages ON languages.number = ranked('language', visitor, {len(_LANGUAGES.split())})
LEFT JOIN sites ON sites.number = site
"""
CLICKS: Final = f"(SELECT {', '.join(CLICK_COLUMNS)} FROM drawn_clicks)"


def prepare(duck: duckdb.DuckDBPyConnection, seed: int, links: Sequence[tuple[int, str]]) -> None:
    """Make the tables that clicks are drawn from; links are id and code, the one with a tenth of all clicks first."""
    choose = random.Random(seed)
    duck.execute(_MACROS.format(seed=seed, numbered=_NUMBERED))
    named = [(id_, code, f"https://www.example.com/articles/{choose.getrandbits(64):x}") for id_, code in links]
    _fill(duck, "links", "link_id BIGINT, code VARCHAR, destination VARCHAR", named)
    software = "browser VARCHAR, browser_family VARCHAR, browser_version VARCHAR, os VARCHAR, device_type VARCHAR"
    classes = "click_class SMALLINT, is_bot BOOLEAN"
    _fill(duck, "agents", f"user_agent VARCHAR, {software}, {classes}", [*_agents(choose)])
    where = "country VARCHAR, city VARCHAR, city_geoname_id INTEGER, region VARCHAR, continent VARCHAR"
    _fill(duck, "places", where, _places(choose))
    _fill(duck, "sites", "home VARCHAR, host VARCHAR, origin VARCHAR, social_network VARCHAR", [*_sites(choose)])
    _fill(duck, "languages", "language VARCHAR", [(language,) for language in _LANGUAGES.split()])


def draw(duck: duckdb.DuckDBPyConnection, hours: Sequence[tuple[int, int, int]], links: int, source: str) -> None:
    """Draw the clicks of hours: the hour since 1970, its first click's number from 0 on, and that behind its last."""
    named = [{"hour": hour, "first": first, "end": end} for hour, first, end in hours]
    duck.execute(_DRAWN.format(source=source), {"hours": named, "links": links})


def new_visitors(first: int, end: int) -> str:
    """Return the relation of the visitors whose first click is from one number on and before another."""
    visitors = f"range({_visitors_before(first)}, {_visitors_before(end)}) AS each(visitor)"
    return f"(SELECT hash_of(visitor) AS visitor_hash, number_of(visitor) AS visitor FROM {visitors})"


def visitors_of(clicks: int) -> int:
    """Return how many visitors the first so many clicks have."""
    return _visitors_before(clicks)


def _visitors_before(click: int) -> int:
    return click // 5 * 2 + min(click % 5, 2)


def _fill(duck: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Make a table; its rows are numbered from 0 on, by the column number."""
    values = [[row[place] for row in rows] for place in range(len(rows[0]))] + [list(range(len(rows)))]
    lists = ", ".join(f"unnest(${place})" for place in range(1, len(values) + 1))
    duck.execute(f"CREATE TABLE {table} ({columns}, number BIGINT)")
    duck.execute(f"INSERT INTO {table} SELECT {lists}", values)


def _agents(choose: random.Random) -> Iterator[tuple[object, ...]]:
    """Yield programs first, then browsers, as analytics would have found them out."""
    yield from (_agent(text) for text in _different(choose, crawler_agent, _CRAWLERS, is_person=False))
    yield from (_agent(text) for text in _different(choose, browser_agent, _BROWSERS, is_person=True))


def _different(
    choose: random.Random, draw_one: Callable[[random.Random], str], count: int, *, is_person: bool
) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        text = draw_one(choose)
        if (class_of(text, "") is ClickClass.PERSON) is is_person:
            found[text] = None
    return list(found)


def _agent(text: str) -> tuple[object, ...]:
    kind = class_of(text, "")
    return (text, *astuple(agent_of(text)), kind.value, kind is not ClickClass.PERSON)


def _places(choose: random.Random) -> list[tuple[object, ...]]:
    """Return cities, those with the most visitors first: large ones of large countries."""
    by_country: dict[str, list[tuple[str, int]]] = {}
    with lzma.open(Path(data.__file__).parent / "places.txt.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            country, name, identifier, *_ = line.split("\t")
            by_country.setdefault(country, []).append((name.title(), int(identifier)))
    first = _COUNTRIES.split()
    others = sorted(by_country.keys() - set(first))
    found: list[tuple[float, tuple[object, ...]]] = [(1 / 20, ("", "", 0, "", ""))]
    for rank, country in enumerate([*first, *others], 1):
        cities = by_country[country]
        choose.shuffle(cities)
        # Of some addresses a database knows no more than the country.
        cities[2:2] = [("", 0)]
        for size, (city, geoname_id) in enumerate(cities, 1):
            region = f"Region {size % 17} of {country}" if city else ""
            found.append((1 / rank / size, (country, city, geoname_id, region, continent_of(country))))
    found.sort(key=lambda item: -item[0])
    return [place for _, place in found[:_CITIES]]


def _sites(choose: random.Random) -> Iterator[tuple[object, ...]]:
    for rank in range(_SITES):
        name = f"{choose.choice(('www', 'blog', 'news', 'm'))}.{choose.getrandbits(30):x}.{choose.choice(_ENDINGS)}"
        home = _KNOWN_SITES[rank] if rank < len(_KNOWN_SITES) else f"https://{name}/"
        referral = referral_of(home)
        yield home, referral.referrer_host, referral.referrer_origin, social_network_of(referral)
