import re
from pathlib import Path

import pytest

from deploy.local.cores import cores
from deploy.local.settings import READERS, default_workers, read
from gateway.envoy.settings import read_settings as read_envoy_settings
from services.redirect.settings import WORKER_VARIABLE
from services.runtime.settings import SettingsError, names_read


def test_everything_has_a_default() -> None:
    """`make run` needs no setting at all."""
    settings = read({})
    assert settings.port == 8080
    assert settings.public_url == "http://localhost:8080"
    assert settings.data_folder == Path(".data").absolute()
    assert settings.rate_limits
    assert settings.extra_hosts == ()


def test_settled_clicks_are_with_the_other_data_unless_they_are_elsewhere() -> None:
    """A data directory holds all of an installation, until it is given a store."""
    assert read({}).segments == str(Path(".data").absolute() / "segments")
    assert read({"LINKMETER_DATA_DIR": "/srv/lm"}).segments == "/srv/lm/segments"
    assert read({"LINKMETER_SEGMENTS": "s3://clicks/here"}).segments == "s3://clicks/here"


def test_public_url_follows_the_port() -> None:
    """Another port shows in the addresses of links."""
    assert read({"LINKMETER_PORT": "9000"}).public_url == "http://localhost:9000"


def test_public_url_loses_its_last_slash() -> None:
    """Codes are put behind the public address with one slash."""
    assert read({"LINKMETER_PUBLIC_URL": "https://sho.rt/"}).public_url == "https://sho.rt"


def test_hosts_are_a_list_in_lower_case() -> None:
    """Extra hosts are separated by commas, whatever their case."""
    assert read({"LINKMETER_EXTRA_HOSTS": "Go.Example, sho.rt"}).extra_hosts == ("go.example", "sho.rt")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINKMETER_PORT", "0"),
        ("LINKMETER_PORT", "65536"),
        ("LINKMETER_PORT", "http"),
        ("LINKMETER_TRUSTED_HOPS", "-1"),
        ("LINKMETER_PUBLIC_URL", "sho.rt"),
        ("LINKMETER_PUBLIC_URL", "ftp://sho.rt"),
        ("LINKMETER_PUBLIC_URL", "https://sho.rt/path"),
        ("LINKMETER_PUBLIC_URL", "https://sho.rt:port"),
        ("LINKMETER_PUBLIC_URL", "https://user@sho.rt"),
        ("LINKMETER_API_KEY", "short"),
        ("LINKMETER_POSTGRES_URL", "mysql://localhost/x"),
        ("LINKMETER_REDIS_URL", "localhost:6379"),
        ("LINKMETER_GEOIP_DB", "/nowhere/file.mmdb"),
        ("LINKMETER_IP_STORAGE", "some"),
        ("LINKMETER_SEGMENTS", "s3://"),
        ("LINKMETER_RATE_LIMITS", "yes"),
        ("LINKMETER_EXTRA_HOSTS", "https://sho.rt"),
    ],
)
def test_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    """A wrong value stops the start with one line that names the setting."""
    with pytest.raises(SettingsError) as refused:
        read({name: value})
    lines = str(refused.value).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(name)


def test_secrets_are_not_repeated_in_errors() -> None:
    """An error may end up in a log: passwords and keys stay out of it."""
    with pytest.raises(SettingsError) as refused:
        read({"LINKMETER_API_KEY": "s3cret", "LINKMETER_POSTGRES_URL": "postgresql://me:s3cret/@host/x"})
    assert "s3cret" not in str(refused.value)


def test_misspelt_name_is_noticed() -> None:
    """A name that begins like ours and means nothing is told to the person who set it."""
    assert read({"LINKMETER_PROT": "1", "PATH": "/bin"}).unknown == ("LINKMETER_PROT",)


def test_what_programs_are_told_is_passed_on() -> None:
    """Their settings are theirs to check; what is decided here, and secrets of others, are not passed on."""
    given = {
        "LINKMETER_CLICK_RETENTION_MONTHS": "3",
        "LINKMETER_LOG_LEVEL": "loud",
        "LINKMETER_QUESTION_MEMORY_MIB": "400",
        "LINKMETER_SEGMENT_CACHE_MIB": "500",
        "LINKMETER_SETTLE_MEMORY_MIB": "600",
    }
    kept = {
        "LINKMETER_LISTEN": "127.0.0.1:1",
        "LINKMETER_SEGMENT_CACHE_DIR": "/elsewhere",
        "LINKMETER_API_KEY": "k" * 32,
    }
    settings = read(given | kept)
    assert dict(settings.passed_on) == given
    assert settings.unknown == ("LINKMETER_LISTEN", "LINKMETER_SEGMENT_CACHE_DIR")


def test_every_setting_is_read_whatever_the_others_are() -> None:
    """So that asking the programs what they read finds all of it."""
    root = Path(__file__).resolve().parents[3]
    sources = [path.read_text() for folder in ("services", "gateway") for path in (root / folder).rglob("*.py")]
    named = {name for text in sources for name in re.findall(r'"(LINKMETER_[A-Z0-9_]+)"', text)}
    found = names_read(*READERS, read_envoy_settings, read)
    assert named - {WORKER_VARIABLE} - found == set()


@pytest.mark.parametrize(("processors", "workers"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 4), (64, 4)])
def test_redirect_has_a_worker_for_every_two_processors(processors: int, workers: int) -> None:
    """The gateway works as hard for a redirect; at most four, for the other programs need processors, too."""
    assert default_workers(processors) == workers


def test_redirect_has_as_many_workers_as_it_is_told() -> None:
    """Where it stands alone, one a processor is more."""
    assert read({}).workers == default_workers(cores())
    assert read({"LINKMETER_WORKERS": "7"}).workers == 7


def test_the_gateway_has_a_thread_for_each_processor_unless_told_otherwise() -> None:
    """Its calls and certificates take more than redirects do."""
    assert read({}).gateway_threads == cores()
    assert read({"LINKMETER_GATEWAY_THREADS": "3"}).gateway_threads == 3
