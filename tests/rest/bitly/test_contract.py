"""Every answer has the keys and types that the documented examples show: typed clients refuse what does not."""

from typing import Any

from tests.rest.bitly.conftest import Account, unique
from tests.support.contract import FLAG, NUMBER, OPTIONAL_TEXT, TEXT, check

WINDOW = {"tz_offset": (int, float), "unit": TEXT, "units": NUMBER}


async def test_answers_have_the_documented_keys_and_types(account: Account) -> None:
    """Of metrics, links, lookups, histories and accounts."""
    link = await account.new_link(unique())
    countries, referrers = [{"clicks": NUMBER, "country": TEXT}], [{"clicks": NUMBER, "referrer": TEXT}]
    domains = [{"clicks": NUMBER, "domain": TEXT}]
    hashes = {"user_hash": TEXT, "global_hash": TEXT}
    named = {"link": link.short_url}
    entry = {
        "link": TEXT,
        "aggregate_link": TEXT,
        "long_url": TEXT,
        "title": OPTIONAL_TEXT,
        "created_at": NUMBER,
        "modified_at": NUMBER,
        "user_ts": NUMBER,
        "archived": FLAG,
        "private": FLAG,
    }
    calls: list[tuple[str, dict[str, Any], Any]] = [
        ("link/clicks", named, {"link_clicks": NUMBER, "unit_reference_ts": NUMBER, **WINDOW}),
        ("link/clicks", {**named, "rollup": "false"}, {"link_clicks": [{"clicks": NUMBER, "dt": NUMBER}], **WINDOW}),
        ("link/countries", named, {"countries": countries, **WINDOW}),
        ("link/referrers", named, {"referrers": referrers, **WINDOW}),
        ("link/referrers_by_domain", named, {"referrers": dict, **WINDOW}),
        ("link/referring_domains", named, {"referring_domains": domains, **WINDOW}),
        ("link/encoders_count", named, {"aggregate_link": TEXT, "count": NUMBER}),
        ("link/info", named, {"canonical_url": TEXT, "domain": TEXT, "html_title": OPTIONAL_TEXT}),
        ("user/clicks", {"units": "1"}, {"user_clicks": NUMBER, **WINDOW}),
        ("user/clicks", {}, {"clicks": [{"clicks": NUMBER, "day_start": NUMBER}], "days": NUMBER}),
        ("user/countries", {}, {"countries": countries, "user_countries": countries, **WINDOW}),
        ("user/referrers", {}, {"referrers": referrers, "user_referrers": referrers, **WINDOW}),
        ("user/referring_domains", {}, {"referring_domains": domains, "user_referring_domains": domains, **WINDOW}),
        ("user/link_history", {}, {"link_history": [entry], "result_count": NUMBER}),
        (
            "user/info",
            {},
            {
                "login": TEXT,
                "display_name": TEXT,
                "full_name": TEXT,
                "member_since": NUMBER,
                "is_enterprise": FLAG,
                "default_link_privacy": TEXT,
                "domain_preference_options": list,
                "tracking_domains": list,
                "share_accounts": list,
            },
        ),
        ("expand", {"shortUrl": link.short_url}, {"expand": [{"short_url": TEXT, "long_url": TEXT, **hashes}]}),
        (
            "info",
            {"hash": link.code},
            {"info": [{"hash": TEXT, "title": OPTIONAL_TEXT, "created_at": NUMBER, **hashes}]},
        ),
        ("lookup", {"url": link.destination}, {"lookup": [{"url": TEXT, "short_url": TEXT, "global_hash": TEXT}]}),
        ("link/lookup", {"url": link.destination}, {"link_lookup": [{"url": TEXT, "aggregate_link": TEXT}]}),
        ("bitly_pro_domain", {"domain": "nyti.ms"}, {"bitly_pro_domain": FLAG, "domain": TEXT}),
        (
            "shorten",
            {"longUrl": unique()},
            {"url": TEXT, "hash": TEXT, "global_hash": TEXT, "long_url": TEXT, "new_hash": NUMBER},
        ),
        ("user/link_save", {"longUrl": unique()}, {"link_save": {"link": TEXT, "long_url": TEXT, "new_link": NUMBER}}),
    ]
    for call, parameters, schema in calls:
        check(await account.data(call, **parameters), schema, call)
