"""What is found out of a recorded click."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from services.analytics.domain.click import Agent, Campaign, Click, RecordedClick, Whereabouts
from services.analytics.domain.enrich import Enricher
from services.analytics.domain.geo import locator
from services.analytics.domain.places import Places
from services.analytics.domain.visitors import IpStorage, KeyRotation, visitor_hasher
from services.analytics.geo_files import open_databases

SOURCE = UUID("5c3a0f6e-6f57-4c0e-9d8c-0e6a2f3b1d11")
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; HD1901) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.4044.138 Mobile "
    "Safari/537.36"
)
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


def test_geography_and_visitor_see_the_whole_address_whatever_is_kept() -> None:
    full = enricher().enrich(SOURCE, 1, recorded())
    without = enricher(ip_storage=IpStorage.NONE).enrich(SOURCE, 1, recorded())
    assert without.ip == ""
    assert (without.whereabouts, without.visitor) == (full.whereabouts, full.visitor)


def test_the_word_of_an_origin_is_used_where_the_address_tells_no_country() -> None:
    """An address says more than another product did; what is no country is unknown."""

    def place(**changes: str) -> tuple[str, str]:
        found = enricher().enrich(SOURCE, 1, recorded(**changes)).whereabouts
        return found.country, found.continent

    assert place(ip="202.83.57.227", country_hint="AT") == ("IN", "AS")
    assert place(ip="", country_hint="AT") == place(ip="192.0.2.1", country_hint="at") == ("AT", "EU")
    for wrong in ("", "XX", "-", "Austria", "AT\0"):
        assert place(ip="", country_hint=wrong) == ("", "")


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
