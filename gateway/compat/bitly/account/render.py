"""From accounts to Bitly's users."""

from collections.abc import Sequence

from gateway.compat.bitly.envelope import Row
from linkmeter.links.v1 import links_pb2


def person(owner: links_pb2.Owner) -> Row:
    """Return what everybody may know of an account."""
    return {"login": owner.login, "display_name": owner.display_name, "full_name": owner.display_name}


def profile(owner: links_pb2.Owner) -> Row:
    """Return what an account itself and others of its workspace may know of it."""
    return {
        **person(owner),
        "member_since": owner.create_time.seconds,
        "profile_url": "",
        "profile_image": "",
        "share_accounts": [],
    }


def own_profile(owner: links_pb2.Owner, domains: Sequence[links_pb2.Domain]) -> Row:
    """Return what an account itself may know of it, with the domains that it may use."""
    own = [domain.host for domain in domains if domain.owner_id == owner.owner_id]
    return {
        **profile(owner),
        # Only its hash is kept.
        "apiKey": None,
        "custom_short_domain": own[0] if own else None,
        "default_link_privacy": "public",
        "domain_preference_options": [domain.host for domain in domains],
        "is_enterprise": False,
        "tracking_domains": [],
    }
