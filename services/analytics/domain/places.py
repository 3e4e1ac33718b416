"""Find the GeoNames id of a city by its country, name and place."""

import lzma
import math
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
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
    """Cities by country and normalised name.

    They are kept as the sorted lines that they are read from, and parsed when they are looked for: 150,000 objects take
    half a second to make, for which every start would wait.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        """Take lines of country, name, id, and latitude and longitude in tenths of a degree, parted by tabs."""
        self._lines = sorted(lines)

    @classmethod
    def load(cls, path: Path = _TABLE) -> "Places":
        """Read the packaged table; see data/build_places.py."""
        return cls(lzma.decompress(path.read_bytes()).decode().splitlines())

    def find(self, country: str, city: str, latitude: float, longitude: float) -> int:
        """Return the GeoNames id of the nearest city of that name within 150 km; 0 when there is none."""
        candidates = self._named(country, normalise_name(city))
        near = [(_distance_km(place, latitude, longitude), place.geoname_id) for place in candidates]
        distance, geoname_id = min(near, default=(math.inf, 0))
        return geoname_id if distance <= _REACH_KM else 0

    def _named(self, country: str, name: str) -> Iterator[Place]:
        start = f"{country}\t{name}\t"
        for number in range(bisect_left(self._lines, start), len(self._lines)):
            line = self._lines[number]
            if not line.startswith(start):
                break
            identifier, latitude, longitude = line[len(start) :].split("\t")
            yield Place(int(identifier), int(latitude) / 10, int(longitude) / 10)


def _distance_km(place: Place, latitude: float, longitude: float) -> float:
    # Flat geometry is close enough between towns of one name.
    east = (place.longitude - longitude + 180) % 360 - 180
    east *= math.cos(math.radians(latitude))
    return math.hypot(place.latitude - latitude, east) * _KM_PER_DEGREE
