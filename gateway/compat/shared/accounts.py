"""From the credentials that dialects carry to callers."""

import re
from typing import Final

from gateway.compat.backends import Backends
from linkmeter.links.v1 import access_service_pb2, links_pb2
from services.common import caller as callers
from services.common import errors
from services.common.caller import Caller

# What a credential of ours can look like; anything else is not worth asking about.
_TOKEN: Final = re.compile(r"[!-~]{1,256}")

# Acts for everybody who has no account: creates their links, and sees what of these is public.
ANONYMOUS: Final = Caller(
    owner_id=callers.ANONYMOUS_OWNER_ID,
    scopes=frozenset({callers.LINKS_READ, callers.LINKS_WRITE, callers.STATS_READ}),
    credential="anonymous",
)


async def edit_token_holder(backends: Backends, token: str) -> Caller:
    """Say which link's holder a token makes; raise Unauthenticated when it is no link's, be it an API key even."""
    if not _TOKEN.fullmatch(token):
        raise errors.Unauthenticated
    answer = await backends.access.Authenticate(access_service_pb2.AuthenticateRequest(credential=token))
    holder = callers.from_message(answer.caller if answer.HasField("caller") else links_pb2.Caller())
    if not holder.link_id:
        raise errors.Unauthenticated
    return holder
