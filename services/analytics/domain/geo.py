"""Find where an address is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from services.analytics.domain.click import Whereabouts
from services.analytics.domain.countries import continent_of
from services.analytics.domain.places import Places, without_district
from services.common.text import clean

_CACHED_ADDRESSES: Final = 65_536
_LONGEST_NAME: Final = 200
_COUNTRY_LETTERS: Final = 2

NOWHERE: Final = Whereabouts()


class Reader(Protocol):
    """An open database in MaxMind's format."""

    def get(self, address: str, /) -> object:
        """Return an address's record, None when it is unknown; raise ValueError when the database has none such."""
        ...


def locator(readers: Sequence[Reader], places: Places) -> Callable[[str], Whereabouts]:
    """Return the cached function from address to whereabouts, by the first database that knows the address."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What a database says of an address, whatever its schema."""

    country: str
    region: str
    city: str
    geoname_id: int
    latitude: float
    longitude: float


def _whereabouts(record: Mapping[str, Any], places: Places) -> Whereabouts:
    known = _flat(record) if "country_code" in record else _nested(record)
    if len(known.country) != _COUNTRY_LETTERS:
        return NOWHERE
    city, geoname_id = clean(without_district(known.city), _LONGEST_NAME), known.geoname_id
    if city and not geoname_id:
        geoname_id = places.find(known.country, city, known.latitude, known.longitude)
    return Whereabouts(
        # Not from the record: databases of countries and flat ones do not say it.
        continent=continent_of(known.country),
        country=known.country,
        region=clean(known.region, _LONGEST_NAME),
        city=city,
        city_geoname_id=geoname_id if city else 0,
    )


def _nested(record: Mapping[str, Any]) -> _Record:
    """Read MaxMind's schema, which DB-IP follows too."""
    country = record.get("country") or record.get("registered_country") or {}
    region: Mapping[str, Any] = next(iter(record.get("subdivisions", ())), {})
    city, location = record.get("city", {}), record.get("location", {})
    return _Record(
        country=str(country.get("iso_code", "")).upper(),
        region=region.get("names", {}).get("en", ""),
        city=city.get("names", {}).get("en", ""),
        geoname_id=city.get("geoname_id", 0),
        latitude=location.get("latitude", 0.0),
        longitude=location.get("longitude", 0.0),
    )


def _flat(record: Mapping[str, Any]) -> _Record:
    """Read the schema of the ip-location-db files."""
    return _Record(
        country=str(record["country_code"]).upper(),
        region=record.get("state1") or record.get("state") or "",
        city=record.get("city") or "",
        geoname_id=0,
        latitude=float(record.get("latitude") or 0.0),
        longitude=float(record.get("longitude") or 0.0),
    )
