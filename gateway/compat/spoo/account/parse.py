"""From spoo.me's new keys to ours."""

from datetime import datetime

from gateway.compat.spoo import scopes, values
from gateway.compat.spoo.errors import unprocessable
from linkmeter.compat.spoo.v1 import account_service_pb2
from linkmeter.links.v1 import links_pb2


def new_key(request: account_service_pb2.CreateKeyRequest, now: datetime) -> links_pb2.ApiKey:
    """Parse the body of a create call; raise Refusal, 422 or 400, for what will not do."""
    title = values.text(request.name, "name").strip()
    if not title:
        raise unprocessable("name", "name is required")
    names = values.texts(request.scopes, "scopes")
    if not names:
        raise unprocessable("scopes", "scopes must be a non-empty array")
    if unknown := [name for name in names if name not in scopes.KNOWN]:
        raise unprocessable("scopes", f"invalid scope(s): {', '.join(dict.fromkeys(unknown))}")
    key = links_pb2.ApiKey(
        title=title,
        description=values.text(request.description, "description"),
        scopes=sorted(scopes.ours(names)),
    )
    if end := values.future(request.expires_at, "expires_at", now):
        key.expire_time.FromDatetime(end)
    return key
