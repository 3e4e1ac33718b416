"""TagService: names that links carry, with how they look."""

from dataclasses import replace

from linkmeter.links.v1 import tag_service_pb2, tag_service_pb2_grpc
from services.common.caller import ANONYMOUS_OWNER_ID, LINKS_READ, LINKS_WRITE, Caller
from services.common.clock import Clock
from services.common.errors import Unauthenticated
from services.links.authentication import Authenticator, Context, owner_of
from services.links.convert.times import timestamp
from services.links.domain import tags
from services.links.domain.tags import Tag, TagFields
from services.links.store.tags import TagStore


class TagServicer(tag_service_pb2_grpc.TagServiceServicer):
    """Implements TagService."""

    def __init__(self, *, authenticator: Authenticator, store: TagStore, clock: Clock) -> None:
        self._authenticator = authenticator
        self._store = store
        self._clock = clock

    async def CreateTag(self, request: tag_service_pb2.CreateTagRequest, context: Context) -> tag_service_pb2.Tag:
        """Create a tag of the caller's."""
        owner_id = _account_of(await self._authenticator.caller(context), LINKS_WRITE)
        fields = TagFields(name=request.tag.name, color=request.tag.color, icon=request.tag.icon)
        tags.check(fields)
        return _message(await self._store.add(owner_id, fields, self._clock.now()))

    async def ListTags(
        self, request: tag_service_pb2.ListTagsRequest, context: Context
    ) -> tag_service_pb2.ListTagsResponse:
        """Return the caller's tags."""
        owner_id = _account_of(await self._authenticator.caller(context), LINKS_READ)
        counted = request.with_link_counts or request.with_bare_names
        found = await (self._store.list_counted(owner_id) if counted else self._store.list_of(owner_id))
        if request.with_bare_names:
            found += await self._store.list_bare(owner_id, tags.MOST_BARE)
        return tag_service_pb2.ListTagsResponse(tags=map(_message, found))

    async def UpdateTag(self, request: tag_service_pb2.UpdateTagRequest, context: Context) -> tag_service_pb2.Tag:
        """Change the named fields of a tag of the caller's."""
        owner_id = _account_of(await self._authenticator.caller(context), LINKS_WRITE)
        named = {name: getattr(request.tag, name) for name in _named_fields(request)}

        def change(before: TagFields) -> TagFields:
            after = replace(before, **named)
            tags.check(after)
            return after

        return _message(await self._store.change(owner_id, request.tag.tag_id, change, self._clock.now()))

    async def MergeTags(
        self, request: tag_service_pb2.MergeTagsRequest, context: Context
    ) -> tag_service_pb2.MergeTagsResponse:
        """Put one name in the place of others on all of the caller's links."""
        owner_id = _account_of(await self._authenticator.caller(context), LINKS_WRITE)
        tags.check_merge(request.names, request.into)
        updated, deleted = await self._store.merge(owner_id, list(request.names), request.into, self._clock.now())
        return tag_service_pb2.MergeTagsResponse(links_updated=updated, tags_deleted=deleted)

    async def DeleteTag(
        self, request: tag_service_pb2.DeleteTagRequest, context: Context
    ) -> tag_service_pb2.DeleteTagResponse:
        """Delete a tag of the caller's."""
        owner_id = _account_of(await self._authenticator.caller(context), LINKS_WRITE)
        count = await self._store.delete(owner_id, request.tag_id, self._clock.now())
        return tag_service_pb2.DeleteTagResponse(links_updated=count)


def _account_of(caller: Caller, scope: str) -> int:
    """Return the account that a caller acts for; raise Unauthenticated for those who have none of their own."""
    owner_id = owner_of(caller, scope)
    if owner_id == ANONYMOUS_OWNER_ID:
        raise Unauthenticated
    return owner_id


def _named_fields(request: tag_service_pb2.UpdateTagRequest) -> frozenset[str]:
    if request.HasField("update_mask"):
        named = frozenset(request.update_mask.paths)
        tags.check_mask(named)
        return named
    return frozenset(field.name for field, _ in request.tag.ListFields()) & tags.CHANGEABLE


def _message(tag: Tag) -> tag_service_pb2.Tag:
    return tag_service_pb2.Tag(
        tag_id=tag.tag_id,
        name=tag.fields.name,
        color=tag.fields.color,
        icon=tag.fields.icon,
        create_time=timestamp(tag.create_time),
        update_time=timestamp(tag.update_time),
        link_count=tag.link_count,
    )
