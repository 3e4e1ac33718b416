"""The origins by name: what each is asked for, and the class that reads it, which is loaded only when it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from importlib import import_module
from pathlib import Path
from typing import cast

from linkmeter.moving.origin import Origin, OriginError


class OptionKind(Enum):
    """What an option's value is."""

    TEXT = auto()
    FILE = auto()  # the path of a file that is there
    SECRET = auto()  # never an argument, where a list of processes shows it: from the environment, or asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that an origin has to be told. Its name is the keyword of the origin's constructor."""

    name: str
    help: str
    kind: OptionKind = OptionKind.TEXT
    is_argument: bool = False  # stands behind the origin's name, without its own: linkmeter import yourls DUMP
    is_required: bool = False
    default: str = ""  # what the constructor is given when nothing was said
    environment: str = ""  # variable that is read when nothing was said; of a SECRET it is the first choice


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginKind:
    """An origin that `linkmeter import` knows."""

    name: str  # also Import.origin: a-z 0-9 _ -
    summary: str
    factory: str  # "module:callable" below linkmeter.moving.origins; takes the options by keyword
    options: tuple[Option, ...]

    def open(self, values: Mapping[str, str | Path]) -> Origin:
        """Return the origin for those options that were given. Raise OriginError when it cannot be read at all."""
        module, _, attribute = self.factory.partition(":")
        try:
            factory = getattr(import_module(f"linkmeter.moving.origins.{module}"), attribute)
        except ImportError as problem:
            raise OriginError(f"{problem}; what it needs comes with: pip install 'linkmeter[moving]'") from None
        return cast("Origin", factory(**values))


def _key(environment: str, description: str) -> Option:
    return Option(name="key", kind=OptionKind.SECRET, is_required=True, environment=environment, help=description)


_SERVER = Option(name="address", is_argument=True, is_required=True, help="The server's address.")
_ADDRESS = Option(name="address", help="Where the API is. Default: the product's own address.")
_YOURLS_ZONE = Option(
    name="time_zone", help="Zone in which YOURLS writes times of clicks: Europe/Berlin, +02:00.", default="UTC"
)
_DOMAIN = Option(name="domain", help="The links' host name, where the file does not say it.")
_VIEWS = (
    Option(name="clicks", help="The CSV file; or gzipped.", kind=OptionKind.FILE, is_argument=True, is_required=True),
    _DOMAIN,
    Option(name="path_prefix", help="What stands before the code in a path.", default="/"),
)

# In the order in which help lists them.
ORIGINS: tuple[OriginKind, ...] = (
    OriginKind(
        name="yourls",
        summary="Move in from YOURLS with an SQL dump of its database, with every click.",
        factory="yourls_dump:YourlsDump",
        options=(
            Option(
                name="dump",
                help="A dump by mysqldump, mariadb-dump or phpMyAdmin; may be gzipped.",
                kind=OptionKind.FILE,
                is_argument=True,
                is_required=True,
            ),
            Option(name="domain", help="The host name at which YOURLS serves the links.", is_required=True),
            _YOURLS_ZONE,
            Option(name="table_prefix", help="YOURLS_DB_PREFIX, when the dump holds several installations."),
            Option(name="cut_off", help="take: what is there of a dump that ends too early.", default="refuse"),
        ),
    ),
    OriginKind(
        name="yourls-api",
        summary="Move in from a YOURLS server: links, and every click where Shlink's plugin for it is installed.",
        factory="yourls_api:YourlsApi",
        options=(
            _SERVER,
            _key("YOURLS_SIGNATURE", "The signature token of the page Tools."),
            Option(name="domain", help="The links' host name. Default: that of their short URLs."),
            _YOURLS_ZONE,
        ),
    ),
    OriginKind(
        name="shlink",
        summary="Move in from a Shlink server (3.3 or newer), with every visit.",
        factory="shlink:Shlink",
        options=(_SERVER, _key("SHLINK_API_KEY", "An API key that sees all short URLs.")),
    ),
    OriginKind(
        name="shortio",
        summary="Move in from a domain of Short.io, with every click.",
        factory="shortio:ShortIo",
        options=(
            Option(name="domain", is_argument=True, help="The domain. Default: the only one of the account."),
            _key("SHORTIO_API_KEY", "A secret key."),
            _ADDRESS,
        ),
    ),
    OriginKind(
        name="dub",
        summary="Move in from a workspace of Dub, with every click where the plan has events.",
        factory="dub:Dub",
        options=(_key("DUB_API_KEY", "An API key that reads links and analytics."), _ADDRESS),
    ),
    OriginKind(
        name="kutt",
        summary="Move in from a Kutt server: links, and how often each was followed.",
        factory="kutt:Kutt",
        options=(_SERVER, _key("KUTT_API_KEY", "An API key.")),
    ),
    OriginKind(
        name="bitly",
        summary="Move in from Bitly: links, custom back-halves, and how often each was followed.",
        factory="bitly:Bitly",
        options=(_key("BITLY_ACCESS_TOKEN", "An access token."), _ADDRESS),
    ),
    OriginKind(
        name="spoo",
        summary="Move in from spoo.me: links, and how often each was followed.",
        factory="spoo:SpooMe",
        options=(_key("SPOO_API_KEY", "An API key with the scope urls:read."), _ADDRESS),
    ),
    OriginKind(
        name="csv",
        summary="Move in from CSV files of links, of clicks, or of both, with columns by name; Dub's export is one.",
        factory="csv_files:CsvFiles",
        options=(
            Option(name="links", help="A CSV file of links.", kind=OptionKind.FILE, is_argument=True),
            Option(name="clicks", help="A CSV file of clicks.", kind=OptionKind.FILE),
            _DOMAIN,
            Option(name="time_zone", help="Zone of times that name none: Europe/Berlin, +02:00.", default="UTC"),
            Option(name="columns", help="Columns with names of their own: destination=Ziel,code=Kürzel."),
            Option(name="encoding", help="Encoding of the files, when it is none of UTF-8, UTF-16 and Windows-1252."),
            Option(name="delimiter", help="comma, semicolon, tab or pipe, when the header does not show it."),
        ),
    ),
    OriginKind(
        name="goatcounter",
        summary="Bring clicks of links from GoatCounter's CSV export: each view of a path is one.",
        factory="page_views:GoatCounter",
        options=_VIEWS,
    ),
    OriginKind(
        name="plausible",
        summary="Bring clicks of links from Plausible's events as CSV, out of ClickHouse: each view of a path is one.",
        factory="page_views:Plausible",
        options=_VIEWS,
    ),
    OriginKind(
        name="archive",
        summary="Move in from another Linkmeter, with what linkmeter export archive wrote there.",
        factory="archive:ArchiveOrigin",
        options=(
            Option(name="path", help="The archive.", kind=OptionKind.FILE, is_argument=True, is_required=True),
            Option(
                name="identity",
                help="What names the archived account, so that a later archive goes on where this one ends. "
                "Default: a digest of its oldest click.",
            ),
        ),
    ),
)


def find_origin(name: str) -> OriginKind | None:
    """Return the origin of this name; None when there is none."""
    return next((kind for kind in ORIGINS if kind.name == name), None)
