"""Domains: host names that serve codes, and claims of hosts that do not yet."""

import base64
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.common import hosts, keyed_hash
from services.common.errors import InvalidArgument
from services.common.hosts import PublicUrl

# The installation's own domain, which every owner may use.
OWN_DOMAIN_ID: Final = 1
# How long after a look for a proof the next one may follow: each is a question to the DNS.
CHECK_PAUSE: Final = timedelta(seconds=5)
CHANGEABLE: Final = frozenset({"public_url"})
_RECORD_LABEL: Final = "_linkmeter"
_RECORD_KEY: Final = "linkmeter-verification"
_TOKEN_BYTES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A host name that serves codes, or a claim of one; owner_id is 0 for those that every owner may use."""

    domain_id: int
    host: str
    public_url: str
    owner_id: int
    create_time: datetime
    verified: bool = True

    def is_usable_by(self, owner_id: int) -> bool:
        """Return whether an owner may create links in it."""
        return self.verified and self.owner_id in (0, owner_id)


@dataclass(frozen=True, slots=True)
class Proof:
    """The TXT record by which the DNS says that an owner holds a host."""

    name: str
    value: str


class Proofs:
    """Computes proofs; they are an owner's own, so that nobody profits from another's record."""

    def __init__(self, secret: str) -> None:
        self._key = keyed_hash.derive(secret, "domain-proof")

    def of(self, domain: Domain) -> Proof:
        """Return the proof of a claim; the same at every call."""
        token = keyed_hash.sign(self._key, domain.owner_id, domain.host)[:_TOKEN_BYTES]
        text = base64.b32encode(token).decode().lower()
        return Proof(f"{_RECORD_LABEL}.{domain.host}", f"{_RECORD_KEY}={text}")


def parse_new(host: str, public_url: str) -> PublicUrl:
    """Return a domain to be added, with its public URL; InvalidArgument when it breaks the rules."""
    try:
        name = hosts.canonical(host)
    except ValueError as problem:
        raise InvalidArgument("domain.host", str(problem)) from problem
    return PublicUrl(url=f"https://{name}", host=name) if not public_url else parse_public_url(public_url, name)


def parse_public_url(text: str, host: str) -> PublicUrl:
    """Return the public URL of a host; InvalidArgument when it is none."""
    try:
        parsed = PublicUrl.parse(text)
    except ValueError as problem:
        raise InvalidArgument("domain.public_url", str(problem)) from problem
    if parsed.host != host:
        raise InvalidArgument("domain.public_url", "must lead to the domain's host")
    return parsed


def check_provable(host: str) -> None:
    """Raise InvalidArgument for a host that no DNS record can prove: addresses and names of one label."""
    if "." not in host or host.startswith("[") or _is_address(host):
        raise InvalidArgument("domain.host", "must be a name in the DNS, of at least two labels")
    if len(host) + len(_RECORD_LABEL) >= hosts.MAX_NAME_LENGTH:
        raise InvalidArgument("domain.host", "is too long for the record that proves ownership")


def check_mask(paths: frozenset[str]) -> None:
    """Raise InvalidArgument for an update mask with a field that no update can change."""
    for path in sorted(paths - CHANGEABLE):
        problem = "cannot be changed" if path == "host" else "names no field that can be changed"
        raise InvalidArgument("update_mask", f"{path} {problem}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True
