"""Single sign-on by OpenID Connect: what is asked of the provider, and what its answers mean for accounts.

One random secret in a cookie makes an attempt to sign in: state, nonce and verifier (PKCE) are its keyed hashes. So the
attempt is bound to its browser, and the database, which knows the secret by its hash, holds nothing that could end it.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Final
from urllib.parse import urlencode, urlsplit

from services.common import keyed_hash
from services.links.domain import credentials
from services.links.domain.credentials import Secret
from services.links.domain.owners import MAX_LOGIN, MAX_NAME, is_login
from services.links.domain.text import has_control_characters

# How long somebody may take at the provider.
ATTEMPT_LIFETIME: Final = timedelta(minutes=10)
# Where the provider sends browsers back to.
CALLBACK_PATH: Final = "/dashboard/oidc"
MAX_SUBJECT: Final = 255
MAX_CODE: Final = 4096
_MOST_LOGINS: Final = 50
_PREFIX: Final = "oidc_"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_IN_LOGINS: Final = re.compile(r"[^a-z0-9._-]+")


class UnknownIdentity(Enum):
    """What may become of an identity that no account is linked with."""

    # It gets the account that has its verified e-mail address, if there is exactly one.
    EMAIL = "email"
    # It gets an account of its own.
    CREATE = "create"


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The provider, as the operator describes it."""

    issuer: str
    client_id: str
    # Empty for a public client, which PKCE alone protects.
    client_secret: str = field(default="", repr=False)
    # What the button says.
    title: str
    scopes: tuple[str, ...]
    unknown: frozenset[UnknownIdentity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody, as the provider knows them; the subject is unique there, all else may change."""

    issuer: str
    subject: str
    # Empty unless the provider has verified it.
    email: str = ""
    user_name: str = ""
    display_name: str = ""

    @property
    def shown_name(self) -> str:
        """The name for people; empty when the provider gives none that we can show."""
        return "" if has_control_characters(self.display_name) else self.display_name[:MAX_NAME]

    def logins(self) -> Iterator[str]:
        """Yield logins for a new account, the best first."""
        for text in (self.user_name, self.email):
            base = _NOT_IN_LOGINS.sub("-", text.lower().partition("@")[0]).strip("-")[: MAX_LOGIN - 3]
            if is_login(base):
                yield base
                yield from (f"{base}-{number}" for number in range(2, _MOST_LOGINS))
        digest = hashlib.sha256(f"{self.issuer} {self.subject}".encode()).hexdigest()
        yield f"user-{digest[:16]}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A browser's attempt to sign in, by the secret that its cookie holds."""

    secret: Secret

    @property
    def state(self) -> str:
        """What comes back with the browser: another browser's answer is none to this attempt."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What stands in the ID token: one that was made for another attempt is refused."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What only who began the attempt can show for its code."""
        return self._derived("verifier")

    def matches(self, state: str) -> bool:
        """Return whether a state is that of this attempt."""
        return hmac.compare_digest(state.encode(), self.state.encode())

    def authorization_url(self, endpoint: str, settings: OidcSettings, redirect_uri: str) -> str:
        """Return the address at the provider that the browser goes to."""
        challenge = hashlib.sha256(self.verifier.encode()).digest()
        query = urlencode(
            {
                "response_type": "code",
                "client_id": settings.client_id,
                "redirect_uri": redirect_uri,
                "scope": " ".join(settings.scopes),
                "state": self.state,
                "nonce": self.nonce,
                "code_challenge": _text(challenge),
                "code_challenge_method": "S256",
            }
        )
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}"

    def _derived(self, purpose: str) -> str:
        return _text(keyed_hash.sign(self.secret.text.encode(), purpose))


def new_attempt() -> Attempt:
    """Begin an attempt."""
    return Attempt(credentials.draw(_PREFIX))


def is_safe_endpoint(url: str) -> bool:
    """Return whether secrets may be sent to an address: by https, or within the machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_https = parts.scheme == "https" and bool(parts.hostname)
    return is_https or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def parse_issuer(text: str) -> str:
    """Return a provider's issuer; ValueError when it cannot be one."""
    if not is_safe_endpoint(text) or urlsplit(text).query or urlsplit(text).fragment:
        raise ValueError(f"must be an https:// address without query, not {text!r}")
    return text


def parse_unknown(text: str) -> frozenset[UnknownIdentity]:
    """Read what may become of unknown identities, comma-separated; ValueError for any other word."""
    words = [word.strip() for word in text.split(",")]
    if words == ["linked"]:
        return frozenset()
    try:
        return frozenset(map(UnknownIdentity, words))
    except ValueError:
        raise ValueError(f"must be linked, or one or both of email,create, not {text!r}") from None


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
