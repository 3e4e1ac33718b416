"""Host names in requests and settings."""

import pytest

from services.redirect.domain.hosts import own_hosts, plain_host


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("Sho.RT", "sho.rt"),
        ("sho.rt:8080", "sho.rt"),
        ("sho.rt.", "sho.rt"),
        ("[::1]:80", "[::1]"),
        ("127.0.0.1", "127.0.0.1"),
        ("", ""),
        ("a b", ""),
        ("a/b", ""),
        ("user@sho.rt", ""),
        ("sho.rt:http", ""),
        ("exämple.com", ""),
        ("a" * 300, ""),
    ],
)
def test_a_host_header_is_reduced_to_its_name(header: str, host: str) -> None:
    """Lower case, no port, no root dot; malformed is empty."""
    assert plain_host(header) == host


def test_extra_hosts_are_aliases_of_the_public_one() -> None:
    """Foreign letters are read as punycode."""
    hosts = own_hosts("https://sho.rt", "www.Sho.rt, bücher.example")
    assert hosts.canonical("www.sho.rt") == hosts.canonical("xn--bcher-kva.example") == "sho.rt"
    assert hosts.canonical("other.example") == "other.example"


def test_loopback_names_are_one_host_when_the_public_url_is_one() -> None:
    """A local run answers to localhost and 127.0.0.1 alike; a public one does not."""
    assert own_hosts("http://localhost:8080", "").canonical("127.0.0.1") == "localhost"
    assert own_hosts("https://sho.rt", "").canonical("127.0.0.1") == "127.0.0.1"


def test_a_malformed_extra_host_is_refused() -> None:
    """The setting is named by its value."""
    with pytest.raises(ValueError, match="a b"):
        own_hosts("https://sho.rt", "a b")
