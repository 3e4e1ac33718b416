"""From accounts to Bitly's users."""

from gateway.compat.bitly.account import render
from linkmeter.links.v1 import links_pb2


def test_own_profile_names_no_key() -> None:
    """Only the hash of a key is kept, so there is none to show."""
    owner = links_pb2.Owner(owner_id=5, login="mang0", display_name="Mango")
    domains = [links_pb2.Domain(host="own.example"), links_pb2.Domain(host="man.go", owner_id=5)]
    profile = render.own_profile(owner, domains)
    assert profile["apiKey"] is None
    assert profile["custom_short_domain"] == "man.go"
    assert profile["domain_preference_options"] == ["own.example", "man.go"]
