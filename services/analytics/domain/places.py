"""Find the GeoNames id of a city by its country, name and place."""

import lzma
import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).parent.parent / "data" / "places.txt.xz"
# Farther away than this, an equal name is another town.
_REACH_KM = 150.0
_KM_PER_DEGREE = 111.2


def normalise_name(name: str) -> str:
    """Return what the spellings of a city's name have in common."""
    plain = unicodedata.normalize("NFKD", without_district(name)).casefold().replace("saint ", "st ")
    return "".join(letter for letter in plain if letter.isalnum())


def without_district(name: str) -> str:
    """Return a name without the part in brackets with which DB-IP names a district."""
    return name.partition("(")[0].strip()


@dataclass(frozen=True, slots=True)
class Place:
    """A city and where it lies, in degrees."""

    geoname_id: int
    latitude: float
    longitude: float


class Places:
    """Cities by country and normalised name."""

    def __init__(self, places: Mapping[tuple[str, str], tuple[Place, ...]]) -> None:
        self._places = places

    @classmethod
    def load(cls, path: Path = _TABLE) -> "Places":
        """Read the packaged table; see data/build_places.py."""
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            return cls.parse(lines)

    @classmethod
    def parse(cls, lines: Iterable[str]) -> "Places":
        """Read lines of country, name, id, and latitude and longitude in tenths of a degree, parted by tabs.

        Raise ValueError when a line is anything else.
        """
        found: dict[tuple[str, str], tuple[Place, ...]] = {}
        for line in lines:
            country, name, identifier, latitude, longitude = line.rstrip("\n").split("\t")
            place = Place(int(identifier), int(latitude) / 10, int(longitude) / 10)
            found[country, name] = (*found.get((country, name), ()), place)
        return cls(found)

    def find(self, country: str, city: str, latitude: float, longitude: float) -> int:
        """Return the GeoNames id of the nearest city of that name within 150 km; 0 when there is none."""
        candidates = self._places.get((country, normalise_name(city)), ())
        near = [(_distance_km(place, latitude, longitude), place.geoname_id) for place in candidates]
        distance, geoname_id = min(near, default=(math.inf, 0))
        return geoname_id if distance <= _REACH_KM else 0


def _distance_km(place: Place, latitude: float, longitude: float) -> float:
    # Flat geometry is close enough between towns of one name.
    east = (place.longitude - longitude + 180) % 360 - 180
    east *= math.cos(math.radians(latitude))
    return math.hypot(place.latitude - latitude, east) * _KM_PER_DEGREE
