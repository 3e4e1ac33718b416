"""Campaign parameters are found, and kept as people wrote them."""

import pytest

from services.analytics.domain.campaigns import campaign_of
from services.analytics.domain.click import Campaign


@pytest.mark.parametrize(
    ("query", "campaign"),
    [
        ("utm_campaign=%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85",
         "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("utm_campaign=%E0%A4%95%E0%A5%8D%E2%80%8D%E0%A4%B7", "\u0915\u094d\u200d\u0937"),
        ("utm_campaign=a%09b", "a b"),
        ("utm_campaign=Line%0Abreak", "Line break"),
        ("utm_campaign=%0D%0Aa%C2%A0%20b%E3%80%80c%20", "a b c"),
        ("utm_campaign=a%00b%1B", "ab"),
    ],
)  # fmt: skip
def test_joiners_stay_and_white_space_is_one_blank(query: str, campaign: str) -> None:
    """Persian and Hindi words keep their joiners; a line break does not glue two words together."""
    assert campaign_of(query, "").utm_campaign == campaign


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
