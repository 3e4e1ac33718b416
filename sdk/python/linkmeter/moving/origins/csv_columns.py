"""Which column of a CSV file holds what: names that other products use, and names that the reader is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkmeter.moving.origin import OriginError
from linkmeter.moving.origins.csv_table import CsvTable

# Our field, and the names of columns that hold it, the more telling first; spaces, case and punctuation do not count.
# "link", "url" are Dub's, "shortcode", "longurl" Shlink's, "keyword" is YOURLS'.
LINK_FIELDS: Mapping[str, tuple[str, ...]] = {
    "short_url": ("shorturl", "shortlink", "link"),
    "code": ("code", "shortcode", "slug", "key", "keyword", "alias", "path", "backhalf"),
    "domain": ("domain", "host", "hostname"),
    "destination": (
        "destination",
        "destinationurl",
        "longurl",
        "originalurl",
        "targeturl",
        "target",
        "url",
        "longlink",
    ),
    "title": ("title", "name"),
    "description": ("description", "comments", "notes"),
    "tags": ("tags", "tag", "labels"),
    "create_time": ("createtime", "createdat", "created", "datecreated", "creationdate", "timestamp", "date"),
    "start_time": ("starttime", "validsince", "validfrom"),
    "expire_time": ("expiretime", "expiresat", "expires", "expiration", "expirationdate", "validuntil"),
    "max_clicks": ("maxclicks", "maxvisits"),
    "is_enabled": ("isenabled", "enabled", "isactive", "active"),
    "clicks": ("clicks", "totalclicks", "clickcount", "visits", "visitcount", "visitscount"),
}
CLICK_FIELDS: Mapping[str, tuple[str, ...]] = {
    "short_url": ("shorturl", "shortlink", "link"),
    "code": ("code", "shortcode", "slug", "key", "keyword", "alias", "path"),
    "domain": ("domain", "host", "hostname"),
    "time": ("time", "timestamp", "clicktime", "clickedat", "datetime", "date", "createdat", "createtime"),
    "referrer": ("referrerurl", "refererurl", "referrer", "referer"),
    "user_agent": ("useragent", "agent", "ua"),
    "ip": ("ip", "ipaddress", "address"),
    "country": ("countrycode", "country"),
    "accept_language": ("acceptlanguage",),
    "event": ("event", "eventtype"),
}
# Of each tuple at least one has to be there.
LINK_NEEDS = (("short_url", "code"), ("destination",))
CLICK_NEEDS = (("short_url", "code"), ("time",))


@dataclass(frozen=True, slots=True)
class Columns:
    """The column of each field that a file has."""

    names: Mapping[str, str]

    def has(self, field: str) -> bool:
        """Return whether there is a column of a field."""
        return field in self.names

    def cell(self, cells: Mapping[str, str], field: str) -> str:
        """Return a row's cell of a field without white space around it; empty when there is no such column."""
        return cells[self.names[field]].strip() if field in self.names else ""


def parse_mapping(text: str) -> dict[str, str]:
    """Return fields and their columns of `destination=Ziel, code=Kürzel`.

    Raises:
        OriginError: the text is none of this kind, or names a field that there is not.

    """
    mapping = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or not column or field not in {**LINK_FIELDS, **CLICK_FIELDS}:
            fields = ", ".join(sorted({**LINK_FIELDS, **CLICK_FIELDS}))
            raise OriginError(f"{part!r} is no FIELD=COLUMN with one of the fields {fields}.")
        mapping[field] = column
    return mapping


def find_columns(
    table: CsvTable,
    fields: Mapping[str, tuple[str, ...]],
    needs: tuple[tuple[str, ...], ...],
    told: Mapping[str, str],
) -> Columns:
    """Return the columns of a table for the fields, as they are told or, where it has none such, usually named.

    Raises:
        OriginError: a column that is needed is missing; the message names those that are there.

    """
    found: dict[str, str] = {}
    for field, names in fields.items():
        name = next((name for name in (table.find(name) for name in (told.get(field, ""), *names)) if name), None)
        if name is not None and name not in found.values():
            found[field] = name
    for alternatives in needs:
        if not found.keys() & set(alternatives):
            missing = " or ".join(alternatives)
            raise OriginError(
                f"{table.path} has no column for {missing}. {columns_of(table)} "
                f"Say which it is: {alternatives[-1]}=COLUMN."
            )
    return Columns(found)


def refuse_absent(tables: Sequence[CsvTable], told: Mapping[str, str]) -> None:
    """Raise OriginError when a column that is told is in none of the tables; the message names those that are there."""
    for column in told.values():
        if not any(table.find(column) for table in tables):
            raise OriginError(f"There is no column {column!r}. {' '.join(columns_of(table) for table in tables)}")


def columns_of(table: CsvTable) -> str:
    """Return a sentence with the names of a table's columns."""
    return f"The columns of {table.path.name}: {', '.join(table.header)}."
