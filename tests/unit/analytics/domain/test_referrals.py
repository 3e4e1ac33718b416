"""The page and the network that a visitor came from."""

import pytest

from services.analytics.domain.click import Referral
from services.analytics.domain.referrals import referral_of, social_network_of

AMP = "https://blog-short-io.cdn.ampproject.org/v/s/blog.short.io/shortlinks-youtube/amp/?amp_js_v=a3&amp_gsa=1#top"


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
