"""Hosts in requests."""

import pytest

from services.redirect.domain.hosts import plain_host


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
