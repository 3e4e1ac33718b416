"""What is found out of a recorded click."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import pytest

from services.analytics.domain.agents import agent_of
from services.analytics.domain.campaigns import campaign_of
from services.analytics.domain.click import Agent, Campaign, Click, RecordedClick, Referral, Whereabouts
from services.analytics.domain.countries import CONTINENT_NAMES, COUNTRY_NAMES, continent_of
from services.analytics.domain.enrich import Enricher
from services.analytics.domain.geo import locator
from services.analytics.domain.languages import language_of
from services.analytics.domain.places import Places
from services.analytics.domain.referrals import referral_of, social_network_of
from services.analytics.domain.visitors import IpStorage, KeyRotation, kept_address, plain_address, visitor_hasher
from services.analytics.geo_files import open_databases

SOURCE = UUID("5c3a0f6e-6f57-4c0e-9d8c-0e6a2f3b1d11")
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; HD1901) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.4044.138 Mobile "
    "Safari/537.36"
)
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
AMP = "https://blog-short-io.cdn.ampproject.org/v/s/blog.short.io/shortlinks-youtube/amp/?amp_js_v=a3&amp_gsa=1#top"


def recorded(**changes: object) -> RecordedClick:
    """Build the click of the clickstream example, with changes."""
    click = RecordedClick(
        time=datetime(2020, 5, 20, 6, 19, 12, tzinfo=UTC),
        link_id=7,
        owner_id=3,
        domain_id=1,
        domain="shortcm.xyz",
        code="login",
        destination="https://app.short.cm/login",
        http_status=302,
        method="GET",
        scheme="https",
        ip="202.83.57.227",
        user_agent=ANDROID,
        referrer=AMP,
        accept_language="en-IN,en;q=0.9",
        query="",
        purpose="",
        variant="",
        latency_us=40,
    )
    return replace(click, **changes)  # type: ignore[arg-type]


@cache
def places() -> Places:
    return Places.load()


def enricher(failures: list[str] | None = None, ip_storage: IpStorage = IpStorage.FULL) -> Enricher:
    return Enricher(
        locate=locator(open_databases(()), places()),
        visitor=visitor_hasher(b"k" * 32, KeyRotation.NEVER),
        ip_storage=ip_storage,
        on_failure=(failures if failures is not None else []).append,
    )


def enrich(**changes: object) -> Click:
    return enricher().enrich(SOURCE, 1, recorded(**changes))


def test_the_documented_click_is_enriched_as_documented() -> None:
    """The clickstream example: Chrome Mobile 81 on Android, India, the referrer's host, a person."""
    click = enrich()
    assert click.agent == Agent(
        browser="Chrome Mobile", browser_family="Chrome", browser_version="81", os="Android", device_type="mobile"
    )
    assert click.whereabouts.country == "IN"
    assert click.referral.referrer_host == "blog-short-io.cdn.ampproject.org"
    assert click.is_bot is False
    assert click.social_network == ""
    assert click.language == "en-in"
    assert click.campaign == Campaign()
    assert click.ip == "202.83.57.227"


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


def test_a_referrer_is_taken_apart() -> None:
    assert referral_of(AMP) == Referral(
        referrer=AMP,
        referrer_host="blog-short-io.cdn.ampproject.org",
        referrer_origin="https://blog-short-io.cdn.ampproject.org",
        referrer_page="https://blog-short-io.cdn.ampproject.org/v/s/blog.short.io/shortlinks-youtube/amp/",
    )


@pytest.mark.parametrize(
    ("referrer", "host", "origin", "page"),
    [
        ("", "", "", ""),
        ("HTTPS://News.Example:8443/a?b=c", "news.example", "https://news.example:8443", "https://news.example:8443/a"),
        ("https://t.co", "t.co", "https://t.co", "https://t.co/"),
        ("https://user:secret@host.example/x", "host.example", "https://host.example", "https://host.example/x"),
        ("android-app://com.twitter.android/", "com.twitter.android", "android-app://com.twitter.android",
         "android-app://com.twitter.android/"),
        ("https://host.example./x", "host.example", "https://host.example", "https://host.example/x"),
        ("http://[2001:db8::1]/x", "2001:db8::1", "http://[2001:db8::1]", "http://[2001:db8::1]/x"),
        ("javascript:alert(1)", "", "", ""),
        ("not an address", "", "", ""),
        ("yxG0tQXMY40=", "", "", "yxG0tQXMY40="),
        ("http://[broken", "", "", ""),
        ("http://host.example:99999/", "", "", ""),
    ],
)  # fmt: skip
def test_referrers_of_every_kind(referrer: str, host: str, origin: str, page: str) -> None:
    """What is no address of a page is kept, and counts as direct; a token in its place is told apart."""
    found = referral_of(referrer)
    assert (found.referrer, found.referrer_host, found.referrer_origin, found.referrer_page) == (
        referrer,
        host,
        origin,
        page,
    )


def test_a_long_referrer_is_cut_to_what_an_index_takes() -> None:
    """Also when its letters take several bytes."""
    found = referral_of("https://host.example/" + "é" * 5000)
    assert len(found.referrer.encode()) <= 2048
    assert len(found.referrer_page.encode()) <= 1800


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("t.co", "Twitter"),
        ("twitter.com", "Twitter"),
        ("x.com", "Twitter"),
        ("mobile.twitter.com", "Twitter"),
        ("l.facebook.com", "Facebook"),
        ("l.instagram.com", "Instagram"),
        ("lnkd.in", "LinkedIn"),
        ("www.linkedin.com", "LinkedIn"),
        ("m.youtube.com", "YouTube"),
        ("old.reddit.com", "Reddit"),
        ("mastodon.social", "Mastodon"),
        ("bsky.app", "Bluesky"),
        ("news.ycombinator.com", "Hacker News"),
        ("l.wl.co", "WhatsApp"),
        ("slack-redir.net", "Slack"),
        ("www.youtube-nocookie.com", "YouTube"),
        ("mastodon.world", "Mastodon"),
        ("chaos.social", "Mastodon"),
        ("mastodonapp.uk", "Mastodon"),
        ("mastodon.gamedev.place", "Mastodon"),
        ("mstdn.jp", "Mastodon"),
        ("www.pinterest.es", "Pinterest"),
        ("www.pinterest.com.au", "Pinterest"),
        ("pinterest.co.kr", "Pinterest"),
        ("pinterest.evil.example", ""),
        ("notpinterest.de", ""),
        ("l.threads.net", "Threads"),
        ("t.umblr.com", "Tumblr"),
        ("ycombinator.com", ""),
        ("notx.com", ""),
        ("x.com.evil.example", ""),
        ("", ""),
    ],
)
def test_the_social_network_of_a_host(host: str, network: str) -> None:
    """The host or a domain above it, never a mere ending."""
    assert social_network_of(referral_of(f"https://{host}/a")) == network


@pytest.mark.parametrize(
    ("application", "network"),
    [
        ("com.facebook.katana", "Facebook"),
        ("com.facebook.lite", "Facebook"),
        ("com.whatsapp.w4b", "WhatsApp"),
        ("org.telegram.plus", "Telegram"),
        ("org.joinmastodon.android", "Mastodon"),
        ("jp.naver.line.android", "LINE"),
        ("com.instagram.barcelona", "Threads"),
        ("com.instagram.android", "Instagram"),
        ("com.ss.android.ugc.trill", "TikTok"),
        ("com.google.android.gm", ""),
        ("com.facebooking", ""),
    ],
)
def test_the_social_network_of_an_application(application: str, network: str) -> None:
    """Every application of a network, also those that only begin like its best-known one."""
    assert social_network_of(referral_of(f"android-app://{application}/")) == network


def test_a_host_that_is_named_like_an_application_is_none() -> None:
    assert social_network_of(referral_of("https://com.whatsapp.evil.example/")) == ""


def test_campaigns_come_from_the_request_first_then_from_the_destination() -> None:
    found = campaign_of(
        "utm_source=mail&utm_term=&x=1",
        "https://a.example/?utm_source=web&utm_medium=cpc&utm_term=shoes#utm_content=no",
    )
    assert found == Campaign(utm_source="mail", utm_medium="cpc", utm_term="shoes")


def test_campaign_values_are_decoded_cleaned_and_cut() -> None:
    """A NUL, which PostgreSQL refuses, does not cost the click."""
    found = campaign_of("utm_source=a%00b+c%0d%0a&utm_medium=" + "x" * 3000 + "&utm_campaign=%ff", "https://a.example")
    assert found.utm_source == "ab c"
    assert found.utm_medium == "x" * 500
    assert found.utm_campaign == "\ufffd"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en-US,en;q=0.9", "en-us"),
        ("de", "de"),
        ("pt_BR;q=0.8", "pt-br"),
        ("zh-Hant-TW, zh", "zh-hant-tw"),
        ("*", ""),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_the_first_language_counts(header: str, language: str) -> None:
    assert language_of(header) == language


def test_visitors_are_the_same_by_address_and_agent_for_ever() -> None:
    visitor = visitor_hasher(b"k" * 32, KeyRotation.NEVER)
    day, later = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    assert visitor("192.0.2.1", "a", day) == visitor("192.0.2.1", "a", later)
    assert visitor("192.0.2.1", "a", day) != visitor("192.0.2.2", "a", day)
    assert visitor("192.0.2.1", "a", day) != visitor("192.0.2.1", "b", day)
    assert visitor("192.0.2.1", "a", day) != visitor_hasher(b"x" * 32, KeyRotation.NEVER)("192.0.2.1", "a", day)


def test_with_daily_rotation_a_visitor_is_new_every_utc_day() -> None:
    visitor = visitor_hasher(b"k" * 32, KeyRotation.DAILY)
    morning, evening = datetime(2026, 1, 1, 0, 1, tzinfo=UTC), datetime(2026, 1, 1, 23, 59, tzinfo=UTC)
    assert visitor("192.0.2.1", "a", morning) == visitor("192.0.2.1", "a", evening)
    assert visitor("192.0.2.1", "a", evening) != visitor("192.0.2.1", "a", datetime(2026, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("ip", "storage", "kept"),
    [
        ("192.0.2.77", IpStorage.FULL, "192.0.2.77"),
        ("192.0.2.77", IpStorage.TRUNCATED, "192.0.2.0"),
        ("192.0.2.77", IpStorage.NONE, ""),
        ("2001:db8:1:2:3::4", IpStorage.TRUNCATED, "2001:db8:1::"),
        ("::ffff:192.0.2.77", IpStorage.TRUNCATED, "192.0.2.0"),
        ("fe80::1%eth0", IpStorage.FULL, "fe80::1"),
        ("nonsense", IpStorage.FULL, ""),
        ("", IpStorage.TRUNCATED, ""),
    ],
)
def test_no_more_of_an_address_is_kept_than_allowed(ip: str, storage: IpStorage, kept: str) -> None:
    assert kept_address(plain_address(ip), storage) == kept


def test_geography_and_visitor_see_the_whole_address_whatever_is_kept() -> None:
    full = enricher().enrich(SOURCE, 1, recorded())
    without = enricher(ip_storage=IpStorage.NONE).enrich(SOURCE, 1, recorded())
    assert without.ip == ""
    assert (without.whereabouts, without.visitor) == (full.whereabouts, full.visitor)


@pytest.mark.parametrize(
    ("country", "city", "latitude", "longitude", "geoname_id"),
    [
        ("US", "Ashburn", 39.04, -77.49, 4744870),
        ("US", "Boardman", 45.84, -119.7, 5714964),
        ("DE", "Gera", 50.88, 12.08, 2921232),
        ("US", "Columbus", 39.96, -83.0, 4509177),
        ("US", "Columbus", 32.46, -84.99, 4188985),
        ("US", "Columbus", 48.0, 10.0, 0),
        ("FR", "Ashburn", 39.04, -77.49, 0),
        ("BR", "São Paulo", -23.5, -46.6, 3448439),
        ("IN", "Trivandrum (Technopark Campus)", 8.56, 76.88, 1254163),
        ("US", "", 39.0, -77.0, 0),
    ],
)
def test_cities_have_their_geonames_id(
    country: str, city: str, latitude: float, longitude: float, geoname_id: int
) -> None:
    """The nearest of that name in the country."""
    assert places().find(country, city, latitude, longitude) == geoname_id


class Database:
    """A database of one record."""

    def __init__(self, record: object) -> None:
        self._record = record

    def get(self, address: str, /) -> object:
        """Answer the record, to IPv4 only."""
        if ":" in address:
            raise ValueError("an IPv6 address in a database of IPv4")
        return self._record


@pytest.mark.parametrize(
    "record",
    [
        {"country_code": "US", "state1": "Virginia", "city": "Ashburn", "latitude": 39.04, "longitude": -77.49},
        {
            "country": {"iso_code": "US"},
            "subdivisions": [{"names": {"en": "Virginia"}}, {"names": {"en": "Loudoun"}}],
            "city": {"names": {"en": "Ashburn"}},
            "location": {"latitude": 39.04, "longitude": -77.49},
        },
        {
            "country": {"iso_code": "US"},
            "subdivisions": [{"iso_code": "VA", "names": {"en": "Virginia"}}],
            "city": {"geoname_id": 4744870, "names": {"en": "Ashburn"}},
        },
    ],
)
def test_every_schema_of_databases_is_read(record: object) -> None:
    """Flat, nested, and nested with the id in it."""
    whereabouts = locator([Database(record)], places())("192.0.2.1")
    assert whereabouts == Whereabouts(
        continent="NA", country="US", region="Virginia", city="Ashburn", city_geoname_id=4744870
    )


@pytest.mark.parametrize("record", [None, {}, {"country": {}}, {"country_code": ""}, {"continent": {}}])
def test_an_unknown_address_is_nowhere(record: object) -> None:
    assert locator([Database(record)], places())("192.0.2.1") == Whereabouts()


def test_the_first_database_that_knows_the_address_answers() -> None:
    """Files for IPv4 and IPv6 may be separate."""
    locate = locator([Database(None), Database({"country_code": "DE"})], places())
    assert locate("192.0.2.1") == Whereabouts(country="DE", continent="EU")


def test_every_country_has_a_continent() -> None:
    """And every continent a name."""
    assert [country for country in COUNTRY_NAMES if continent_of(country) not in CONTINENT_NAMES] == []
    locate = locator([Database({"country_code": "DE"})], places())
    assert locate("2001:db8::1") == Whereabouts()


def test_a_failing_step_costs_its_own_fields_only() -> None:
    """The click is counted whatever happens."""
    failures: list[str] = []

    def broken(ip: str) -> Whereabouts:
        raise RuntimeError(ip)

    failing = Enricher(
        locate=broken,
        visitor=visitor_hasher(b"k" * 32, KeyRotation.NEVER),
        ip_storage=IpStorage.FULL,
        on_failure=failures.append,
    )
    click = failing.enrich(SOURCE, 1, recorded())
    assert failures == ["whereabouts"]
    assert click.whereabouts == Whereabouts()
    assert click.agent.browser == "Chrome Mobile"
