"""Browsers that are signed in."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from services.common.ip_addresses import plain_address
from services.links.domain import credentials
from services.links.domain.credentials import Secret

# Of an account; who signs in once more ends the oldest.
MOST_SESSIONS: Final = 100
# How long an address that signs in once is good.
ONE_TIME_LIFETIME: Final = timedelta(minutes=15)
MAX_USER_AGENT: Final = 512
_SECRET_PREFIX: Final = "ses_"  # noqa: S105 - a prefix is no secret
_ONE_TIME_PREFIX: Final = "once_"
_CREDENTIAL: Final = "session:"
_IPV4_BITS: Final = 24
_IPV6_BITS: Final = 48


class SignInMethod(Enum):
    """How a session was signed in, as it is stored."""

    PASSWORD = "password"  # noqa: S105 - a word
    API_KEY = "api_key"
    ONE_TIME = "one_time"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraft:
    """A session to be created."""

    owner_id: int
    method: SignInMethod
    # The key that it was signed in with; 0 for none.
    api_key_id: int = 0
    user_agent: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session, without its secret."""

    session_id: int
    owner_id: int
    method: SignInMethod
    api_key_id: int
    user_agent: str
    network: str
    create_time: datetime
    last_use_time: datetime
    # When the key ends that it was signed in with; None: never.
    key_expire_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session, and what it may do."""

    session: Session
    scopes: frozenset[str]

    @property
    def credential(self) -> str:
        """What names the session in logs."""
        return f"{_CREDENTIAL}{self.session.session_id}"


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session is good that is not used, and how long at most."""

    idle: timedelta = timedelta(hours=12)
    absolute: timedelta = timedelta(days=30)

    def end_of(self, session: Session) -> datetime:
        """Return the first moment at which a session is refused, unless it is used before."""
        ends = [session.last_use_time + self.idle, session.create_time + self.absolute]
        return min([*ends, session.key_expire_time] if session.key_expire_time else ends)


def new_session() -> Secret:
    """Draw what a session's cookie holds."""
    return credentials.draw(_SECRET_PREFIX)


def new_one_time_token() -> Secret:
    """Draw the token of an address that signs in once."""
    return credentials.draw(_ONE_TIME_PREFIX)


def session_id_of(credential: str) -> int:
    """Return which session a caller's credential names; 0 when it is none."""
    number = credential.removeprefix(_CREDENTIAL)
    return int(number) if number != credential and number.isdecimal() else 0


def network_of(ip: str) -> str:
    """Return the network of an address, by which a person knows a place again and nobody a person; empty for none.

    The machine's own address is everybody's, and stays as it is.
    """
    address = plain_address(ip)
    if not address or ipaddress.ip_address(address).is_loopback:
        return address
    bits = _IPV6_BITS if ":" in address else _IPV4_BITS
    return str(ipaddress.ip_network((address, bits), strict=False))


def shown_agent(user_agent: str) -> str:
    """Return a User-Agent header as it is kept: cut, without control characters."""
    return "".join(character for character in user_agent if character.isprintable())[:MAX_USER_AGENT]
