"""Settings of certificates: all or none, and only what can be used."""

from pathlib import Path

import pytest
import trustme

from services.runtime.settings import Environment, SettingsError
from services.runtime.tls import TlsFiles, Watched, read_http_tls, read_peer_name, read_tls
from tests.support.certificates import Folder, issued


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Lend a folder with certificates."""
    return issued(tmp_path / "tls", trustme.CA())


def _problems(settings: dict[str, str]) -> list[str]:
    environment = Environment(settings)
    read_http_tls(environment, read_tls(environment))
    with pytest.raises(SettingsError) as refused:
        environment.check()
    return str(refused.value).splitlines()


def test_three_paths_are_read(folder: Folder) -> None:
    """With all three, services speak TLS, and the data plane asks for certificates as well."""
    environment = Environment(folder.settings)
    files = read_tls(environment)
    assert files == folder.files
    assert read_http_tls(environment, files) == "mutual"
    environment.check()


def test_nothing_given_is_plaintext() -> None:
    """Without any path nothing is encrypted."""
    environment = Environment({})
    assert (read_tls(environment), read_http_tls(environment, None)) == (None, "off")
    environment.check()


@pytest.mark.parametrize("missing", ["LINKMETER_TLS_CERT", "LINKMETER_TLS_KEY", "LINKMETER_TLS_CA"])
def test_a_missing_path_is_named(folder: Folder, missing: str) -> None:
    """Two of three are a mistake, never plaintext."""
    (problem,) = _problems({name: path for name, path in folder.settings.items() if name != missing})
    assert problem.startswith(f"{missing} is required when ")


def test_a_missing_file_is_named(folder: Folder) -> None:
    """A path without file stops the start."""
    problems = _problems({**folder.settings, "LINKMETER_TLS_KEY": "/nowhere/tls.key"})
    assert problems == ["LINKMETER_TLS_KEY: there is no file '/nowhere/tls.key'"]


def test_a_key_of_another_certificate_is_refused(folder: Folder, tmp_path: Path) -> None:
    """Files that do not belong together stop the start, rather than every handshake."""
    other = issued(tmp_path / "other", trustme.CA())
    (problem,) = _problems({**folder.settings, "LINKMETER_TLS_KEY": str(other.files.key)})
    assert "cannot be used together" in problem


def test_tls_of_the_data_plane_needs_certificates() -> None:
    """The HTTP port cannot be secured with nothing."""
    (problem,) = _problems({"LINKMETER_HTTP_TLS": "on"})
    assert problem.startswith("LINKMETER_HTTP_TLS=on needs LINKMETER_TLS_CERT")


def test_peers_are_named_like_services_unless_told_otherwise() -> None:
    """A certificate of links names links, or what the setting says."""
    environment = Environment({"LINKMETER_ANALYTICS_TLS_NAME": "analytics.example"})
    assert read_peer_name(environment, "links") == "links"
    assert read_peer_name(environment, "analytics") == "analytics.example"


def test_renewed_files_are_noticed_once(folder: Folder) -> None:
    """New files are answered once, then they are the present ones."""
    watched = Watched(folder.files)
    assert watched.renewed() is None
    folder.issue(trustme.CA())
    fresh = watched.renewed()
    assert fresh is not None
    assert fresh.certificate == folder.files.certificate.read_bytes()
    assert watched.renewed() is None


def test_a_half_written_pair_changes_nothing(tmp_path: Path) -> None:
    """While the new certificate is there and its key is not, the old pair goes on; then the new one is taken."""
    old, new = issued(tmp_path / "old", trustme.CA()), issued(tmp_path / "new", trustme.CA())
    files = TlsFiles(certificate=tmp_path / "c", key=tmp_path / "k", authority=tmp_path / "a")

    def copy(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes())

    for name in ("certificate", "key", "authority"):
        copy(getattr(old.files, name), getattr(files, name))
    watched = Watched(files)
    before = watched.current
    copy(new.files.certificate, files.certificate)
    assert watched.renewed() is None
    files.key.unlink()
    assert watched.renewed() is None
    assert watched.current == before
    copy(new.files.key, files.key)
    copy(new.files.authority, files.authority)
    assert watched.renewed() is not None


def test_clients_look_now_and_then_only(folder: Folder) -> None:
    """Not every call costs a look at the disk."""
    now = [0.0]
    watched = Watched(folder.files, look_seconds=1.0, monotonic=lambda: now[0])
    folder.issue(trustme.CA())
    now[0] = 0.9
    assert watched.renewed() is None
    now[0] = 1.0
    assert watched.renewed() is not None
