"""Domains: host names that serve codes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.common.errors import InvalidArgument
from services.links.domain import hosts
from services.links.domain.hosts import PublicUrl

# The installation's own domain, which every owner may use.
OWN_DOMAIN_ID: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A host name that serves codes; owner_id is 0 for those that every owner may use."""

    domain_id: int
    host: str
    public_url: str
    owner_id: int
    create_time: datetime

    def is_usable_by(self, owner_id: int) -> bool:
        """Say whether an owner may create links in it."""
        return self.owner_id in (0, owner_id)


def parse_new(host: str, public_url: str) -> PublicUrl:
    """Check a domain to be added and complete its public URL."""
    try:
        name = hosts.canonical(host)
    except ValueError as problem:
        raise InvalidArgument("domain.host", str(problem)) from problem
    if not public_url:
        return PublicUrl(url=f"https://{name}", host=name)
    try:
        parsed = PublicUrl.parse(public_url)
    except ValueError as problem:
        raise InvalidArgument("domain.public_url", str(problem)) from problem
    if parsed.host != name:
        raise InvalidArgument("domain.public_url", "must lead to the domain's host")
    return parsed
