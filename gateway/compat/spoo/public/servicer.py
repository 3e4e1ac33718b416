"""What spoo.me's API tells everybody: convert, call, convert."""

from google.api.httpbody_pb2 import HttpBody

from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from gateway.compat.spoo import rates
from gateway.compat.spoo.access import Access, Client, shows_destination
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.public import emoji_set, render
from linkmeter.compat.spoo.v1 import public_service_pb2, public_service_pb2_grpc

_IF_NONE_MATCH = "if-none-match"


class PublicServicer(public_service_pb2_grpc.PublicServiceServicer):
    """Implements PublicService through links."""

    def __init__(self, *, access: Access, limits: CallLimits) -> None:
        self._access = access
        self._limits = limits

    async def GetEmojiSet(self, request: public_service_pb2.GetEmojiSetRequest, context: Context) -> HttpBody:
        """List the emojis that an alias may be of."""
        del request
        await self._client(context, rates.EMOJI_SET)
        known = any(
            name == _IF_NONE_MATCH and isinstance(value, str) and emoji_set.is_known(value)
            for name, value in context.invocation_metadata() or ()
        )
        await http_metadata.send_status(context, 304 if known else 200, **emoji_set.HEADERS)
        return HttpBody(content_type="application/json", data=b"" if known else emoji_set.BODY)

    async def GetPreview(
        self, request: public_service_pb2.GetPreviewRequest, context: Context
    ) -> public_service_pb2.Preview:
        """Show where a link leads, the same to everybody."""
        client = await self._client(context, rates.PREVIEW)
        link = await self._access.any_link(request.short_code, client.ip)
        return render.preview(link, with_destination=shows_destination(link, client))

    async def _client(self, context: Context, group: str) -> Client:
        client = Client(ip=http_metadata.client_ip(context))
        await self._limits.spend(group, client)
        return client
