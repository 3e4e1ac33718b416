"""Settings of analytics."""

from pathlib import Path

import pytest

from services.analytics.domain.visitors import IpStorage, KeyRotation
from services.analytics.geo_files import open_databases
from services.analytics.settings import read_settings
from services.runtime.settings import SettingsError

REQUIRED = {
    "LINKMETER_LISTEN": "127.0.0.1:0",
    "LINKMETER_POSTGRES_URL": "postgresql://user:word@127.0.0.1/db",
    "LINKMETER_SECRET": "s" * 32,
    "LINKMETER_SEGMENTS": "/srv/segments",
}


def test_settings_have_useful_defaults_and_show_no_secrets() -> None:
    settings = read_settings(REQUIRED)
    assert (settings.ip_storage, settings.visitor_key_rotation) == (IpStorage.FULL, KeyRotation.NEVER)
    assert "word" not in repr(settings)
    assert "sss" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINKMETER_LISTEN", ""),
        ("LINKMETER_LISTEN", "nowhere"),
        ("LINKMETER_POSTGRES_URL", ""),
        ("LINKMETER_SECRET", "short"),
        ("LINKMETER_IP_STORAGE", "some"),
        ("LINKMETER_VISITOR_KEY_ROTATION", "hourly"),
        ("LINKMETER_QUESTION_MEMORY_MIB", "-1"),
        ("LINKMETER_SEGMENTS", ""),
        ("LINKMETER_GEOIP_DB", "/does/not/exist.mmdb"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({**REQUIRED, name: value})


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "geo.mmdb"
    path.write_text("hello")
    with pytest.raises(SettingsError, match="LINKMETER_GEOIP_DB"):
        open_databases([str(path)])
