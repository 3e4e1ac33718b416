"""The tags of an account, between the ids that spoo.me's links carry and the names that ours do."""

from collections.abc import Iterable, Sequence

from gateway.compat.backends import Backends
from gateway.compat.spoo import access, ids
from gateway.compat.spoo.errors import invalid
from linkmeter.links.v1 import links_pb2, tag_service_pb2
from services.common.caller import Caller
from services.runtime import caller_metadata


class Tags:
    """The tags of one account."""

    def __init__(self, tags: Iterable[tag_service_pb2.Tag] = ()) -> None:
        self._by_name = {tag.name: tag for tag in tags}
        self._by_id = {ids.text(tag.tag_id): tag for tag in self._by_name.values()}

    def of(self, link: links_pb2.Link) -> list[tag_service_pb2.Tag]:
        """Return the tags that a link carries, in its order; names that no tag has are passed over."""
        return [self._by_name[name] for name in link.tags if name in self._by_name]

    def name(self, tag_id: str) -> str | None:
        """Return a tag's name; None when there is no such tag."""
        tag = self._by_id.get(tag_id)
        return tag.name if tag else None

    def names(self, tag_ids: Sequence[str], field: str) -> list[str]:
        """Return the names of tags; raise Refusal, 400, for an id that is none of them."""
        if unknown := [tag_id for tag_id in tag_ids if tag_id not in self._by_id]:
            raise invalid(field, f"unknown tag ids: {', '.join(unknown)}")
        return [self._by_id[tag_id].name for tag_id in tag_ids]

    def replaced(self, link: links_pb2.Link, names: Iterable[str]) -> list[str]:
        """Return what a link carries with these tags in place of its own; names that no tag has stay."""
        others = [name for name in link.tags if name not in self._by_name]
        return list(dict.fromkeys([*names, *others]))


class TagReader:
    """Asks links for the tags of accounts."""

    def __init__(self, *, backends: Backends) -> None:
        self._backends = backends

    async def all(self, caller: Caller, *, counted: bool = False) -> list[tag_service_pb2.Tag]:
        """Return the caller's tags, oldest first, with their numbers of links if these are wanted."""
        listed = await self._backends.tags.ListTags(
            tag_service_pb2.ListTagsRequest(with_link_counts=counted),
            metadata=caller_metadata.metadata_for(access.as_reader(caller)),
        )
        return list(listed.tags)

    async def tags(self, caller: Caller) -> Tags:
        """Return the caller's tags."""
        return Tags(await self.all(caller))

    async def tags_on(self, links: Iterable[links_pb2.Link], caller: Caller) -> Tags:
        """Return the caller's tags as far as these links may carry some; asks nobody when they carry no names."""
        return await self.tags(caller) if any(link.tags for link in links) else Tags()
