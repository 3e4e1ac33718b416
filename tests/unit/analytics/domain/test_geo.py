"""Where an address is."""

from functools import cache

import pytest

from services.analytics.domain.click import Whereabouts
from services.analytics.domain.countries import CONTINENT_NAMES, COUNTRY_NAMES, continent_of
from services.analytics.domain.geo import locator
from services.analytics.domain.places import Places


@cache
def places() -> Places:
    return Places.load()


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
        """Return the record, to IPv4 only."""
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
