"""Domains that owners add."""

import pytest

from services.common.errors import InvalidArgument
from services.links.domain import domains


def test_new_domain_gets_https_by_default_and_must_match_its_url() -> None:
    """A domain's public URL leads to the domain."""
    assert domains.parse_new("GO.Example", "").url == "https://go.example"
    assert domains.parse_new("go.example", "http://GO.example:8080/").url == "http://go.example:8080"
    with pytest.raises(InvalidArgument):
        domains.parse_new("go.example", "https://evil.example")
    with pytest.raises(InvalidArgument):
        domains.parse_new("go example", "")
