"""Accounts that links and keys belong to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

# Whom the installation's first API key belongs to.
FIRST_OWNER_ID: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An account."""

    owner_id: int
    login: str
    display_name: str
    create_time: datetime
