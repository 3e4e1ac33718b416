"""Host names: the one spelling of each, and which of them are the installation's own."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import idna

MAX_NAME_LENGTH: Final = 253
_LABEL: Final = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PUNYCODE: Final = "xn--"


def canonical(text: str) -> str:
    """Return the one spelling of a host name or address, without trailing dot; ValueError when it is none.

    Browsers read many spellings of a host alike (case, full-width letters, punycode, 127.1, 0x7f.1, mapped IPv6):
    whoever compares hosts has to see through all of them.
    """
    if text.startswith("[") and text.endswith("]"):
        return _address_in_brackets(text[1:-1])
    name = to_ascii(text).removesuffix(".")
    labels = name.split(".")
    if len(name) > MAX_NAME_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("is no host name")
    for label in labels:
        if label.startswith(_PUNYCODE):
            _check_punycode(label)
    return _dotted_address(labels) or name


def host_names(listing: str) -> tuple[str, ...]:
    """Return the one spelling of each host in a comma-separated list, without ports; ValueError names what is none."""
    names = []
    for host in filter(None, (item.strip() for item in listing.split(","))):
        try:
            names.append(canonical(_without_port(host)))
        except ValueError as problem:
            raise ValueError(f"{host!r} {problem}") from problem
    return tuple(names)


def to_ascii(text: str) -> str:
    """Return a host in lower case, with its foreign letters as punycode; ValueError when it cannot be."""
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        return _symbols_to_ascii(text)


def _symbols_to_ascii(text: str) -> str:
    # Names with symbols (emoji) are served by some registries and by all browsers, but not by IDNA 2008.
    try:
        labels = idna.uts46_remap(text, std3_rules=False, transitional=False).split(".")
    except idna.IDNAError as problem:
        raise ValueError("is no host name") from problem
    return ".".join(label if label.isascii() else _PUNYCODE + label.encode("punycode").decode() for label in labels)


def _check_punycode(label: str) -> None:
    """Refuse punycode that stands for what should be written otherwise: browsers do so too."""
    try:
        decoded = label.removeprefix(_PUNYCODE).encode().decode("punycode")
        is_canonical = not decoded.isascii() and to_ascii(decoded) == label
    except (UnicodeError, ValueError, OverflowError):
        is_canonical = False
    if not is_canonical:
        raise ValueError("is no host name")


def _address_in_brackets(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError as problem:
        raise ValueError("is no host name or address") from problem
    if address.scope_id:
        raise ValueError("is no host name or address")
    return str(address.ipv4_mapped) if address.ipv4_mapped else f"[{address}]"


def _dotted_address(labels: list[str]) -> str | None:
    """Read an IPv4 address in any spelling that browsers accept; None when the labels are a name."""
    if not _NUMBER.fullmatch(labels[-1]):
        return None
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):  # noqa: PLR2004
        raise ValueError("is no host name or address")
    *leading, last = [_number(label) for label in labels]
    if any(number > 255 for number in leading) or last >= 256 ** (4 - len(leading)):  # noqa: PLR2004
        raise ValueError("is no host name or address")
    value = last + sum(number << (8 * (3 - index)) for index, number in enumerate(leading))
    return str(ipaddress.IPv4Address(value))


def _number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    if len(label) > 1 and label.startswith("0"):
        if not set(label) <= set("01234567"):
            raise ValueError("is no host name or address")
        return int(label, 8)
    return int(label)


@dataclass(frozen=True, slots=True)
class PublicUrl:
    """The address that short URLs of a domain begin with."""

    url: str
    host: str

    @classmethod
    def parse(cls, text: str) -> "PublicUrl":
        """Read scheme, host and port and nothing more; ValueError with the reason otherwise."""
        if not text.isascii() or not text.isprintable() or " " in text:
            raise ValueError("must be written in ASCII, without spaces")
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an http or https address, for instance https://sho.rt")
        if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must hold nothing but scheme, host and port")
        _ = parts.port  # raises ValueError when out of range
        bare = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(url=f"{parts.scheme}://{parts.netloc.lower()}", host=canonical(bare))

    @property
    def authority(self) -> str:
        """What a Host header says of it: the host, and the port if it is named."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class OwnHosts:
    """The hosts of the installation's own domain: one name and its aliases."""

    name: str
    aliases: frozenset[str]

    @classmethod
    def of(cls, public_url: PublicUrl, extra_hosts: Iterable[str]) -> "OwnHosts":
        """Take the public URL's host with the extra hosts, each in its one spelling."""
        aliases = set(extra_hosts)
        if public_url.host in _LOOPBACK:
            aliases |= _LOOPBACK
        return cls(name=public_url.host, aliases=frozenset(aliases - {public_url.host}))

    def __contains__(self, host: str) -> bool:
        return host == self.name or host in self.aliases

    def canonical(self, host: str) -> str:
        """Return the name that the domain of a host has, so that an alias shares its cache entries."""
        return self.name if host in self.aliases else host

    def domain_host(self, host: str) -> str:
        """Return the domain's host for a host as a client wrote it: aliases and no host at all mean our own."""
        if not host:
            return self.name
        try:
            known = canonical(host)
        except ValueError:
            return ""
        return self.canonical(known)


def _without_port(host: str) -> str:
    return re.sub(r":[0-9]+$", "", host) if host.count(":") == 1 or "]:" in host else host
