"""Which hosts are the installation's own."""

import pytest

from services.common.hosts import OwnHosts, PublicUrl, host_names


def own(public_url: str, *extra: str) -> OwnHosts:
    return OwnHosts.of(PublicUrl.parse(public_url), host_names(",".join(extra)))


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


def test_hosts_are_listed_with_commas() -> None:
    """Foreign letters are read as punycode, and ports do not count."""
    assert host_names(" Go.Example:8080, bücher.example ,") == ("go.example", "xn--bcher-kva.example")
    with pytest.raises(ValueError, match="'a b' is no host name"):
        host_names("sho.rt, a b")


def test_an_alias_shares_the_name_of_its_domain() -> None:
    """Other hosts keep their own."""
    hosts = own("https://sho.rt", "www.sho.rt")
    assert (hosts.canonical("www.sho.rt"), hosts.canonical("other.example")) == ("sho.rt", "other.example")
