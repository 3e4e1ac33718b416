"""Asks the provider of single sign-on, which the operator names: the one HTTP client of the house.

It reaches the issuer of the setting and the addresses that the issuer's own metadata name, follows no redirects, and
reads no more than it can use. Nothing that a visitor sends decides where it goes.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn
from urllib.parse import quote

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.common.clock import Clock
from services.common.errors import Unauthenticated, Unavailable
from services.links.domain.oidc import MAX_SUBJECT, Attempt, Identity, OidcSettings, is_safe_endpoint
from services.runtime import log

# By which a provider may sign: with a key that only it has.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_KEY_TYPES: Final = frozenset({"RSA", "EC", "OKP"})
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
# How long what the provider says of itself is believed; keys that a token names and nobody knows are asked for sooner.
METADATA_TIME: Final = timedelta(hours=1)
_KEYS_PAUSE: Final = timedelta(minutes=1)
_SECONDS: Final = 6.0
_MOST_BYTES: Final = 256 * 1024
_RETRY_SECONDS: Final = 5
# Clocks of two machines.
_LEEWAY_SECONDS: Final = 60

_logger = log.get(__name__)
# It would write each address that it asks.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class _Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_basic: bool
    read_at: datetime


@dataclass(frozen=True, slots=True)
class _Keys:
    keys: KeySet
    read_at: datetime


class OidcProvider:
    """The provider. Raises Unavailable when it does not answer, Unauthenticated for what it or we refuse."""

    def __init__(self, settings: OidcSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._client = httpx.AsyncClient(follow_redirects=False, timeout=_SECONDS)
        self._metadata: _Metadata | None = None
        self._keys: _Keys | None = None

    async def close(self) -> None:
        """End the connections."""
        await self._client.aclose()

    async def authorization_endpoint(self) -> str:
        """Return where browsers go."""
        return (await self._known_metadata()).authorization_endpoint

    async def identity(self, code: str, attempt: Attempt, redirect_uri: str) -> Identity:
        """Exchange the code that a browser has brought for who it is."""
        token = await self._exchange(code, attempt, redirect_uri)
        claims = await self._checked_claims(token, attempt.nonce)
        is_verified = claims.get("email_verified") is True
        return Identity(
            issuer=self._settings.issuer,
            subject=str(claims["sub"]),
            email=_text(claims, "email") if is_verified else "",
            user_name=_text(claims, "preferred_username"),
            display_name=_text(claims, "name"),
        )

    async def _exchange(self, code: str, attempt: Attempt, redirect_uri: str) -> str:
        metadata, settings = await self._known_metadata(), self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        auth = None
        if settings.client_secret and metadata.takes_basic:
            auth = httpx.BasicAuth(quote(settings.client_id, safe=""), quote(settings.client_secret, safe=""))
        else:
            form["client_id"] = settings.client_id
            if settings.client_secret:
                form["client_secret"] = settings.client_secret
        status, answer = await self._ask("POST", metadata.token_endpoint, data=form, auth=auth)
        if status != httpx.codes.OK:
            _refuse("code", provider_says=str(answer.get("error", status))[:100])
        token = answer.get("id_token")
        if not isinstance(token, str):
            _refuse("no_id_token")
        return token

    async def _checked_claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            claims = jwt.decode(token, await self._keys_for(token), algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError) as problem:
            _refuse("id_token", problem=type(problem).__name__, claim=str(getattr(problem, "claim", "")))
        if not 0 < len(claims["sub"]) <= MAX_SUBJECT:
            _refuse("sub")
        # Of a token for several it says for whom it was made.
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            _refuse("azp")
        return claims

    async def _keys_for(self, token: str) -> KeySet:
        """Return the provider's keys, asked for anew when they are old or do not have the one that a token names."""
        now, known = self._clock.now(), self._keys
        is_old = known is None or now - known.read_at > METADATA_TIME
        if known is None or is_old or (now - known.read_at > _KEYS_PAUSE and not _has_key(known.keys, token)):
            _, answer = await self._ask("GET", (await self._known_metadata()).jwks_uri)
            listed = answer.get("keys")
            usable = [key for key in listed if _is_usable(key)] if isinstance(listed, list) else []
            known = self._keys = _Keys(KeySet.import_key_set({"keys": usable}), now)
        return known.keys

    async def _known_metadata(self) -> _Metadata:
        now, known = self._clock.now(), self._metadata
        if known is None or now - known.read_at > METADATA_TIME:
            issuer = self._settings.issuer
            status, answer = await self._ask("GET", issuer.rstrip("/") + _WELL_KNOWN)
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            authorization, token, keys = endpoints = [str(answer.get(name, "")) for name in names]
            if status != httpx.codes.OK or answer.get("issuer") != issuer or not all(map(is_safe_endpoint, endpoints)):
                _logger.warning("oidc_metadata_unusable", status=status)
                raise _unavailable()
            methods = answer.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
            known = self._metadata = _Metadata(authorization, token, keys, "client_secret_basic" in methods, now)
        return known

    async def _ask(self, verb: str, url: str, **more: Any) -> tuple[int, dict[str, Any]]:
        """Return status and JSON of an answer; an empty object for what is none."""
        body = b""
        headers = {"accept": "application/json"}
        try:
            async with asyncio.timeout(_SECONDS), self._client.stream(verb, url, headers=headers, **more) as response:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        raise _unavailable()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as problem:
            _logger.warning("oidc_provider_down", error=type(problem).__name__)
            raise _unavailable() from problem
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            _logger.warning("oidc_provider_down", status=response.status_code)
            raise _unavailable()
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        return response.status_code, answer if isinstance(answer, dict) else {}


def _refuse(reason: str, **facts: str) -> NoReturn:
    """Refuse an answer of the provider; why is the operator's business."""
    _logger.warning("oidc_refused", reason=reason, **facts)
    raise Unauthenticated


def _unavailable() -> Unavailable:
    return Unavailable("the provider of the single sign-on does not answer", retry_after_seconds=_RETRY_SECONDS)


def _is_usable(key: object) -> bool:
    """Return whether a key of the provider's may check signatures: a shared secret may not, nor one to encrypt with."""
    return isinstance(key, dict) and key.get("kty") in _KEY_TYPES and key.get("use", "sig") == "sig"


def _has_key(keys: KeySet, token: str) -> bool:
    try:
        jwt.decode(token, keys, algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        return False
    return True


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
