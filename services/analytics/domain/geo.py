"""Find where an address is."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

from services.analytics.domain.click import Whereabouts
from services.analytics.domain.places import Places, without_district
from services.analytics.domain.text import clean

_CACHED_ADDRESSES: Final = 65_536
_LONGEST_CITY: Final = 200
_COUNTRY_LETTERS: Final = 2

NOWHERE: Final = Whereabouts()


class Reader(Protocol):
    """An open database in MaxMind's format."""

    def get(self, address: str, /) -> object:
        """Look up an address; None when it is unknown, ValueError when it is not of the database's kind."""
        ...


def locator(readers: Sequence[Reader], places: Places) -> Callable[[str], Whereabouts]:
    """Make the cached function from address to whereabouts; the first database that knows the address answers."""

    @lru_cache(maxsize=_CACHED_ADDRESSES)
    def whereabouts(ip: str) -> Whereabouts:
        for reader in readers:
            record = _look_up(reader, ip)
            if record:
                return _whereabouts(record, places)
        return NOWHERE

    return whereabouts


def _look_up(reader: Reader, ip: str) -> Mapping[str, Any] | None:
    try:
        record = reader.get(ip)
    except ValueError:
        # No address, or an IPv6 address in a database of IPv4.
        return None
    return record if isinstance(record, Mapping) else None


def _whereabouts(record: Mapping[str, Any], places: Places) -> Whereabouts:
    country, city, geoname_id, latitude, longitude = _flat(record) if "country_code" in record else _nested(record)
    if len(country) != _COUNTRY_LETTERS:
        return NOWHERE
    city = clean(without_district(city), _LONGEST_CITY)
    if city and not geoname_id:
        geoname_id = places.find(country, city, latitude, longitude)
    return Whereabouts(country=country, city=city, city_geoname_id=geoname_id if city else 0)


def _nested(record: Mapping[str, Any]) -> tuple[str, str, int, float, float]:
    """Read MaxMind's schema, which DB-IP follows too."""
    country = record.get("country") or record.get("registered_country") or {}
    city, location = record.get("city", {}), record.get("location", {})
    return (
        str(country.get("iso_code", "")).upper(),
        city.get("names", {}).get("en", ""),
        city.get("geoname_id", 0),
        location.get("latitude", 0.0),
        location.get("longitude", 0.0),
    )


def _flat(record: Mapping[str, Any]) -> tuple[str, str, int, float, float]:
    """Read the schema of the ip-location-db files."""
    return (
        str(record["country_code"]).upper(),
        record.get("city") or "",
        0,
        float(record.get("latitude") or 0.0),
        float(record.get("longitude") or 0.0),
    )
