"""What links is told by its environment.

LINKMETER_RATE_LIMITS is not among it: the only limits here are those of password guesses, and these are never off.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from services.common.hosts import OwnHosts, PublicUrl
from services.links.domain import credentials, oidc
from services.links.domain.oidc import OidcSettings, UnknownIdentity
from services.links.domain.sessions import Lifetimes
from services.runtime.settings import Environment
from services.runtime.shared_settings import (
    ServerSettings,
    read_own_hosts,
    read_public_url,
    read_secret,
    read_server,
)
from services.runtime.tls import read_peer_name

# Where the tables are in the database; others of the same database are not ours.
SCHEMA: Final = "links"
_API_KEY: Final = re.compile(r"[!-~]{16,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process."""

    server: ServerSettings
    postgres_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret: str = field(repr=False)
    public_url: PublicUrl
    hosts: OwnHosts
    # Whom VerifyDomain asks, as address:port; empty: the machine's resolvers.
    dns_resolver: str = ""
    # How many domains an account may have, claims included; the operator's commands add more.
    domains_per_owner: int = 100
    # Where the clicks of imports go, and what its certificate must name.
    analytics_address: str
    analytics_tls_name: str = ""
    # The first owner's key; empty: none is added.
    api_key: str = field(default="", repr=False)
    # How long browsers stay signed in, and whether a login and password sign them in.
    session_lifetimes: Lifetimes = field(default_factory=Lifetimes)
    password_sign_in: bool = True
    # The provider of single sign-on; None: there is none.
    oidc: OidcSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSettings:
    """What the operator's commands need."""

    postgres_url: str = field(repr=False)
    public_url: PublicUrl
    hosts: OwnHosts


def read_settings(variables: Mapping[str, str]) -> Settings:
    """Read the settings; raise SettingsError with a line for each one that is missing or wrong."""
    env = Environment(variables)
    public_url = read_public_url(env)
    settings = Settings(
        server=read_server(env),
        postgres_url=env.text("LINKMETER_POSTGRES_URL"),
        redis_url=env.text("LINKMETER_REDIS_URL"),
        secret=read_secret(env),
        public_url=public_url,
        hosts=read_own_hosts(env, public_url),
        analytics_address=env.address("LINKMETER_ANALYTICS_ADDRESS"),
        analytics_tls_name=read_peer_name(env, "analytics"),
        api_key=env.parsed("LINKMETER_API_KEY", parse_api_key, ""),
        dns_resolver=env.parsed("LINKMETER_DNS_RESOLVER", _resolver, ""),
        domains_per_owner=env.integer("LINKMETER_DOMAINS_PER_OWNER", 100, 0, 10_000),
        session_lifetimes=Lifetimes(
            idle=timedelta(hours=env.integer("LINKMETER_SESSION_IDLE_HOURS", 12, 1, 720)),
            absolute=timedelta(days=env.integer("LINKMETER_SESSION_DAYS", 30, 1, 365)),
        ),
        password_sign_in=env.flag("LINKMETER_PASSWORD_SIGN_IN", default=True),
        oidc=_read_oidc(env),
    )
    env.check()
    return settings


def _read_oidc(env: Environment) -> OidcSettings | None:
    issuer = env.parsed("LINKMETER_OIDC_ISSUER", oidc.parse_issuer, "")
    settings = OidcSettings(
        issuer=issuer,
        client_id=env.text("LINKMETER_OIDC_CLIENT_ID", ""),
        client_secret=env.text("LINKMETER_OIDC_CLIENT_SECRET", ""),
        title=env.text("LINKMETER_OIDC_TITLE", "Single sign-on"),
        scopes=tuple(env.text("LINKMETER_OIDC_SCOPES", "openid email profile").split()),
        unknown=env.parsed("LINKMETER_OIDC_ACCOUNTS", oidc.parse_unknown, frozenset({UnknownIdentity.EMAIL})),
    )
    if issuer and not settings.client_id:
        env.complain("LINKMETER_OIDC_CLIENT_ID is required with LINKMETER_OIDC_ISSUER")
    if "openid" not in settings.scopes:
        env.complain("LINKMETER_OIDC_SCOPES must have openid among them")
    return settings if issuer else None


def read_admin_settings(variables: Mapping[str, str]) -> AdminSettings:
    """Read what the operator's commands need, as the service reads it."""
    env = Environment(variables)
    url = env.text("LINKMETER_POSTGRES_URL")
    public_url = read_public_url(env)
    settings = AdminSettings(postgres_url=url, public_url=public_url, hosts=read_own_hosts(env, public_url))
    env.check()
    return settings


def read_postgres_url(variables: Mapping[str, str]) -> str:
    """Read all that migrating needs."""
    env = Environment(variables)
    url = env.text("LINKMETER_POSTGRES_URL")
    env.check()
    return url


def _resolver(text: str) -> str:
    address, colon, port = text.rpartition(":")
    try:
        ipaddress.ip_address(address.removeprefix("[").removesuffix("]"))
    except ValueError:
        colon = ""
    if not (colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):  # noqa: PLR2004
        raise ValueError(f"must be address:port, for instance 192.0.2.1:53, not {text!r}")
    return text


def parse_api_key(text: str) -> str:
    """Return an API key that an operator chose; raise ValueError when it cannot be one."""
    if not _API_KEY.fullmatch(text) or credentials.is_edit_token(text):
        # Without the value: it is a secret.
        raise ValueError("must be 16 to 256 visible ASCII characters that do not begin with tok_")
    return text
