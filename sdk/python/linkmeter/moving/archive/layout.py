"""What an archive holds and how its members are named. A change that old readers cannot read raises VERSION."""

import json
import zipfile
from dataclasses import asdict, dataclass
from typing import Any, Final

from linkmeter.moving.exporting.columns import CLICK_COLUMNS, LINK_COLUMNS, Column

FORMAT: Final = "linkmeter-archive"
VERSION: Final = 1

MANIFEST: Final = "manifest.json"
LINKS: Final = "links"
DELETED_LINKS: Final = "deleted_links"
CLICKS: Final = "clicks"
# A part is read and written as a whole in memory.
ROWS_IN_PART: Final = 50_000

# Numbers that an installation gives would be others in the next one, and what follows from other fields is left out, so
# that an archive that was taken back is archived as the same bytes.
_OF_INSTALLATION: Final = frozenset(
    {"link_id", "click_id", "short_url", "update_time", "state", "public_stats", "one_time", "country_name"}
)


def _kept(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.name not in _OF_INSTALLATION)


ARCHIVED_LINK: Final = _kept(LINK_COLUMNS)
ARCHIVED_CLICK: Final = _kept(CLICK_COLUMNS)


def part(kind: str, number: int) -> str:
    """Return the name of a part of the links, deleted links or clicks; they are numbered from 1, oldest first."""
    return f"{kind}/{number:06d}.jsonl"


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A file inside an archive."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    links: int
    deleted_links: int
    clicks: int
    members: tuple[Member, ...]

    def to_json(self) -> bytes:
        """Return it as the content of its file."""
        content = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return json.dumps(content, indent=1).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Read a manifest. Raise ValueError, with a sentence, when it is none that can be read."""
        values: Any = json.loads(content)
        if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
            raise ValueError("it is no archive of Linkmeter")
        if (version := values.pop("version", None)) != VERSION:
            raise ValueError(f"it is of version {version}, and this program reads version {VERSION}")
        try:
            members = tuple(Member(**member) for member in values.pop("members"))
            return cls(members=members, **values)
        except (KeyError, TypeError):
            raise ValueError("its manifest lacks something") from None


def entry(name: str) -> zipfile.ZipInfo:
    """Return the entry of a member; it says nothing of time and machine, so that equal archives are equal bytes."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o600 << 16
    return info
