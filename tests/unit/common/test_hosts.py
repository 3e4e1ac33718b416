"""Which hosts are the installation's own."""

import pytest

from services.common.errors import InvalidArgument
from services.common.hosts import OwnHosts, PublicUrl
from services.links.domain import domains


def own(public_url: str, *extra: str) -> OwnHosts:
    return OwnHosts.of(PublicUrl.parse(public_url), extra)


def test_public_url_and_extra_hosts_are_own() -> None:
    """All names of our own domain lead to the one that its links have."""
    hosts = own("https://sho.rt", "www.SHO.rt", "10.0.0.1:8080")
    assert all(host in hosts for host in ("sho.rt", "www.sho.rt", "10.0.0.1"))
    assert hosts.domain_host("") == hosts.domain_host("WWW.sho.rt.") == "sho.rt"
    assert hosts.domain_host("other.example") == "other.example"
    assert hosts.domain_host("no host") == ""


def test_loopback_names_are_aliases_of_one_another() -> None:
    """A trial on localhost is reached under every name of the machine itself."""
    hosts = own("http://localhost:8080")
    assert hosts.domain_host("127.0.0.1") == hosts.domain_host("[::1]") == "localhost"
    assert "127.0.0.1" not in own("https://sho.rt")


@pytest.mark.parametrize(
    "text",
    ["sho.rt", "ftp://sho.rt", "https://", "https://sho.rt/x", "https://a@sho.rt", "https://sho.rt:99999", "x y"],
)
def test_public_url_is_scheme_and_host(text: str) -> None:
    """Short URLs begin with it, so it holds nothing else."""
    with pytest.raises(ValueError, match=r".+"):
        PublicUrl.parse(text)


def test_new_domain_gets_https_by_default_and_must_match_its_url() -> None:
    """A domain's public URL leads to the domain."""
    assert domains.parse_new("GO.Example", "").url == "https://go.example"
    assert domains.parse_new("go.example", "http://GO.example:8080/").url == "http://go.example:8080"
    with pytest.raises(InvalidArgument):
        domains.parse_new("go.example", "https://evil.example")
    with pytest.raises(InvalidArgument):
        domains.parse_new("go example", "")
