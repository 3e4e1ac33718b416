"""The emojis that an alias may be of, as a catalogue for pickers."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from gateway.compat.spoo.legacy.parse import PLAIN_EMOJIS
from services.common.emoji_codes import MOST_EMOJIS

_TABLE: Final = Path(__file__).resolve().parent / "emojis.tsv"
_COMMENT: Final = "#"


def _rows() -> list[list[str]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith(_COMMENT)]


def _catalogue() -> dict[str, Any]:
    rows = _rows()
    plain = frozenset(PLAIN_EMOJIS)
    return {
        "accept_max_version": max(float(version) for *_, version in rows),
        "generate_max_version": max(float(version) for emoji, *_, version in rows if emoji in plain),
        "max_graphemes": MOST_EMOJIS,
        "emoji": [{"c": emoji, "n": name, "g": group, "gen": emoji in plain} for emoji, name, group, _ in rows],
    }


# The same for everybody, so written once. It names emojis of one character: a skin tone makes no other emoji, and flags
# and joined ones are taken as aliases, but pickers do without.
BODY: Final = json.dumps(_catalogue(), ensure_ascii=False, separators=(",", ":")).encode()
ETAG: Final = f'"{hashlib.sha256(BODY).hexdigest()[:32]}"'
HEADERS: Final = {"etag": ETAG, "cache_control": "public, max-age=86400, stale-while-revalidate=604800"}


def is_known(if_none_match: str) -> bool:
    """Return whether a client has this catalogue already, by its If-None-Match."""
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in {ETAG, "*"} for tag in tags)
