"""Write small databases in MaxMind's format, so that a test decides where addresses are."""

import ipaddress
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

_MARKER: Final = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR: Final = bytes(16)
_RECORD_BITS: Final = 24
_ADDRESS_BITS: Final = 32
# Kinds of values; those above 7 need another byte.
_TEXT, _DOUBLE, _UINT16, _UINT32, _MAP, _UINT64, _LIST = 2, 3, 5, 6, 7, 9, 11


def place(country: str, city: str = "", geoname_id: int = 0) -> dict[str, Any]:
    """Describe a place as MaxMind does; without a city only its country is known."""
    known: dict[str, Any] = {"country": {"iso_code": country}}
    if city:
        known["city"] = {"geoname_id": geoname_id, "names": {"en": city}}
    return known


def write_mmdb(path: Path, places: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write a database of IPv4 networks."""
    data = bytearray()
    offsets: dict[int, int] = {}
    # Left and right of each node: None for nothing, a node's number, or a place's offset as (offset,).
    nodes: list[list[Any]] = [[None, None]]
    for index, (network, known) in enumerate(places.items()):
        offsets[index] = len(data)
        data += _encode(known)
        _add(nodes, ipaddress.IPv4Network(network), (offsets[index],))
    count = len(nodes)
    tree = b"".join(_record(side, count) for node in nodes for side in node)
    path.write_bytes(tree + _SEPARATOR + bytes(data) + _MARKER + _encode(_metadata(count)))
    return path


def _add(nodes: list[list[Any]], network: ipaddress.IPv4Network, leaf: tuple[int]) -> None:
    bits = [int(network.network_address) >> (_ADDRESS_BITS - 1 - place) & 1 for place in range(network.prefixlen)]
    node = 0
    for bit in bits[:-1]:
        if nodes[node][bit] is None:
            nodes.append([None, None])
            nodes[node][bit] = len(nodes) - 1
        node = nodes[node][bit]
    nodes[node][bits[-1]] = leaf


def _record(side: Any, count: int) -> bytes:
    if side is None:
        value = count
    elif isinstance(side, tuple):
        value = count + len(_SEPARATOR) + side[0]
    else:
        value = side
    return int(value).to_bytes(_RECORD_BITS // 8)


def _metadata(count: int) -> dict[str, Any]:
    return {
        "binary_format_major_version": _Small(2),
        "binary_format_minor_version": _Small(0),
        "build_epoch": _Large(1_700_000_000),
        "database_type": "Test",
        "description": {"en": "Places of a test"},
        "ip_version": _Small(4),
        "languages": ["en"],
        "node_count": count,
        "record_size": _Small(_RECORD_BITS),
    }


class _Small(int):
    """A number of two bytes."""


class _Large(int):
    """A number of eight bytes."""


def _encode(value: Any) -> bytes:
    if isinstance(value, Mapping):
        return _control(_MAP, len(value)) + b"".join(_encode(key) + _encode(item) for key, item in value.items())
    if isinstance(value, str):
        text = value.encode()
        return _control(_TEXT, len(text)) + text
    if isinstance(value, float):
        return _control(_DOUBLE, 8) + struct.pack(">d", value)
    if isinstance(value, int):
        kind = _UINT16 if isinstance(value, _Small) else _UINT64 if isinstance(value, _Large) else _UINT32
        digits = int(value).to_bytes(8).lstrip(b"\0")
        return _control(kind, len(digits)) + digits
    if isinstance(value, Iterable):
        items = list(value)
        return _control(_LIST, len(items)) + b"".join(map(_encode, items))
    raise TypeError(value)


def _control(kind: int, size: int) -> bytes:
    assert size < 285
    short = min(size, 29)
    first = bytes([short | (kind << 5 if kind <= 7 else 0)])
    more = b"" if kind <= 7 else bytes([kind - 7])
    return first + more + (bytes([size - 29]) if size >= 29 else b"")
