"""Between messages and accounts, their keys and applications."""

from linkmeter.links.v1 import links_pb2, oauth_service_pb2
from services.links.convert.times import time_of, timestamp
from services.links.domain.credentials import ApiKey, ApiKeyDraft
from services.links.domain.oauth import OAuthApp, OAuthAppDraft
from services.links.domain.owners import Owner, OwnerDraft


def api_key_draft(message: links_pb2.ApiKey) -> ApiKeyDraft:
    """Read an API key to be created."""
    return ApiKeyDraft(
        title=message.title,
        description=message.description,
        scopes=frozenset(message.scopes),
        expire_time=time_of(message, "expire_time", "api_key.expire_time"),
    )


def api_key_message(key: ApiKey, secret: str = "") -> links_pb2.ApiKey:
    """Write an API key; with its secret only in the answer that issues it."""
    return links_pb2.ApiKey(
        api_key_id=key.api_key_id,
        title=key.title,
        scopes=sorted(key.scopes),
        prefix=key.prefix,
        create_time=timestamp(key.create_time),
        expire_time=timestamp(key.expire_time),
        last_use_time=timestamp(key.last_use_time),
        secret=secret or None,
        description=key.description,
        revoked=key.revoked,
    )


def owner_message(owner: Owner) -> links_pb2.Owner:
    """Write an account."""
    return links_pb2.Owner(
        owner_id=owner.owner_id,
        login=owner.login,
        display_name=owner.display_name,
        email=owner.email,
        workspace_id=owner.workspace_id,
        create_time=timestamp(owner.create_time),
        has_password=owner.password is not None,
    )


def owner_draft(message: links_pb2.Owner) -> OwnerDraft:
    """Read an account to be created."""
    return OwnerDraft(
        login=message.login,
        display_name=message.display_name,
        email=message.email,
        workspace_id=message.workspace_id,
    )


def oauth_app_draft(message: oauth_service_pb2.OAuthApp) -> OAuthAppDraft:
    """Read an application to be registered."""
    return OAuthAppDraft(title=message.title, owner_id=message.owner_id, redirect_uris=tuple(message.redirect_uris))


def oauth_app_message(app: OAuthApp, client_secret: str = "") -> oauth_service_pb2.OAuthApp:
    """Write an application; with its secret only in the answer that registers it."""
    return oauth_service_pb2.OAuthApp(
        client_id=app.client_id,
        title=app.title,
        owner_id=app.owner_id,
        redirect_uris=app.redirect_uris,
        client_secret=client_secret,
        create_time=timestamp(app.create_time),
    )
