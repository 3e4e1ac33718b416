"""Names of countries."""

from services.analytics.domain.countries import country_name


def test_countries_have_english_names() -> None:
    assert (country_name("IN"), country_name("US"), country_name("ZZ"), country_name("")) == (
        "India",
        "United States",
        "ZZ",
        "",
    )
