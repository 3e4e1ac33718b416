"""From our keys and accounts to spoo.me's."""

from typing import Final

from gateway.compat.shared import json_values
from gateway.compat.spoo import access, ids, moments, scopes
from linkmeter.compat.spoo.v1 import account_service_pb2
from linkmeter.links.v1 import links_pb2

_PREFIX_LENGTH: Final = 8


def key(key: links_pb2.ApiKey) -> account_service_pb2.Key:
    """Render a key; with its secret when it is new."""
    return account_service_pb2.Key(
        id=ids.text(key.api_key_id),
        name=key.title,
        description=json_values.text_or_null(key.description),
        scopes=scopes.theirs(key.scopes),
        created_at=moments.unix(key.create_time),
        expires_at=json_values.number_or_null(moments.unix(key.expire_time)),
        revoked=key.revoked,
        token_prefix=key.prefix.removeprefix(access.OUR_PREFIX)[:_PREFIX_LENGTH],
        token=access.their_key(key.secret) if key.secret else None,
    )


def profile(owner: links_pb2.Owner) -> account_service_pb2.Profile:
    """Render an account."""
    return account_service_pb2.Profile(
        id=ids.text(owner.owner_id),
        email=json_values.text_or_null(owner.email),
        email_verified=True,
        user_name=owner.display_name or owner.login,
        plan="free",
        password_set=owner.has_password,
    )


def health(*, links_serve: bool, redis: str) -> str:
    """Render how the API is: healthy, degraded or unhealthy; without limits nothing is missing."""
    if not links_serve:
        return "unhealthy"
    return "degraded" if redis == "error" else "healthy"
