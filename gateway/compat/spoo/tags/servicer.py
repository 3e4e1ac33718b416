"""spoo.me's tags: convert, call, convert."""

from gateway.compat.backends import Backends
from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from gateway.compat.spoo import ids, rates, scopes
from gateway.compat.spoo.access import Access
from gateway.compat.spoo.errors import conflict, invalid
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.tags import palette, parse, render
from gateway.compat.spoo.tags.reader import TagReader
from linkmeter.compat.spoo.v1 import tag_service_pb2, tag_service_pb2_grpc
from linkmeter.links.v1 import tag_service_pb2 as links_tags
from services.common import errors
from services.common.caller import Caller
from services.runtime import caller_metadata


class TagServicer(tag_service_pb2_grpc.TagServiceServicer):
    """Implements TagService through links."""

    def __init__(self, *, backends: Backends, access: Access, limits: CallLimits) -> None:
        self._backends = backends
        self._access = access
        self._limits = limits
        self._reader = TagReader(backends=backends)

    async def ListTags(
        self, request: tag_service_pb2.ListTagsRequest, context: Context
    ) -> tag_service_pb2.ListTagsResponse:
        """List the caller's tags with their numbers of links."""
        del request
        client = await self._access.client(context)
        await self._limits.spend(rates.LIST_URLS, client)
        caller = client.require(*scopes.READING)
        return tag_service_pb2.ListTagsResponse(items=map(render.tag, await self._reader.all(caller, counted=True)))

    async def CreateTag(self, request: tag_service_pb2.CreateTagRequest, context: Context) -> tag_service_pb2.Tag:
        """Create a tag, in the colour that is used least where none is chosen."""
        caller = await self._manager(context, rates.TAG_WRITE)
        new = parse.new_tag(request)
        color = new.color or palette.least_used([tag.color for tag in await self._reader.all(caller)])
        tag = links_tags.Tag(name=new.name, color=color, icon=new.icon or palette.DEFAULT_ICON)
        try:
            created = await self._backends.tags.CreateTag(
                links_tags.CreateTagRequest(tag=tag), metadata=caller_metadata.metadata_for(caller)
            )
        except errors.AlreadyExists as error:
            raise conflict(error, f"you already have a tag named '{new.name}'") from None
        except errors.ResourceExhausted:
            raise invalid("name", "an account can have at most 500 tags") from None
        await http_metadata.send_status(context, 201)
        return render.tag(created)

    async def UpdateTag(self, request: tag_service_pb2.UpdateTagRequest, context: Context) -> tag_service_pb2.Tag:
        """Change a tag's name, colour and icon."""
        caller = await self._manager(context, rates.TAG_WRITE)
        tag_id, change = ids.tag_id(request.tag_id), parse.change(request.changes)
        tag = links_tags.Tag(tag_id=tag_id, name=change.name, color=change.color, icon=change.icon)
        try:
            await self._backends.tags.UpdateTag(
                links_tags.UpdateTagRequest(tag=tag), metadata=caller_metadata.metadata_for(caller)
            )
        except errors.AlreadyExists as error:
            raise conflict(error, f"you already have a tag named '{change.name}'") from None
        for known in await self._reader.all(caller, counted=True):
            if known.tag_id == tag_id:
                return render.tag(known)
        raise errors.NotFound("tag", request.tag_id)

    async def DeleteTag(
        self, request: tag_service_pb2.DeleteTagRequest, context: Context
    ) -> tag_service_pb2.DeleteTagResponse:
        """Delete a tag, and take it from all links."""
        caller = await self._manager(context, rates.TAG_DELETE)
        deleted = await self._backends.tags.DeleteTag(
            links_tags.DeleteTagRequest(tag_id=ids.tag_id(request.tag_id)),
            metadata=caller_metadata.metadata_for(caller),
        )
        return tag_service_pb2.DeleteTagResponse(deleted=True, links_updated=deleted.links_updated)

    async def _manager(self, context: Context, group: str) -> Caller:
        client = await self._access.client(context)
        await self._limits.spend(group, client)
        return client.require(*scopes.MANAGING)
