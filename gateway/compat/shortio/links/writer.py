"""Change links as Short.io does: one or many, each by a call of its own."""

from collections.abc import Sequence

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import Account
from gateway.compat.shortio.access import reading_metadata
from gateway.compat.shortio.links import queries
from linkmeter.links.v1 import link_service_pb2, links_pb2


class LinkWriter:
    """Changes links on an account's behalf; every method raises what links raises."""

    def __init__(self, *, backends: Backends) -> None:
        self._backends = backends

    async def update(self, account: Account, link: links_pb2.Link, mask: Sequence[str]) -> links_pb2.Link:
        """Change the fields that the mask names, and return the link as it is then."""
        return await self._backends.links.UpdateLink(queries.update(link, mask), metadata=account.metadata)

    async def archive(self, account: Account, links: Sequence[links_pb2.Link], *, archived: bool) -> None:
        """Archive links, or take them out of the archive; those that are as asked stay untouched."""
        for link in links:
            if link.archived != archived:
                await self.update(account, links_pb2.Link(link_id=link.link_id, archived=archived), ["archived"])

    async def tag(self, account: Account, links: Sequence[links_pb2.Link], tag: str) -> None:
        """Give links a tag; raises Aborted when somebody else changed one meanwhile."""
        for link in links:
            if tag not in link.tags:
                tagged = links_pb2.Link(link_id=link.link_id, tags=[*link.tags, tag], etag=link.etag)
                await self.update(account, tagged, ["tags"])

    async def copy(self, account: Account, link: links_pb2.Link, path: str) -> links_pb2.Link:
        """Copy a link to another path, or to a random one where it is empty, and return the copy."""
        return await self._backends.links.CopyLink(
            link_service_pb2.CopyLinkRequest(link_id=link.link_id, code=path), metadata=reading_metadata(account)
        )

    async def delete(self, account: Account, links: Sequence[links_pb2.Link]) -> None:
        """Delete links."""
        for link in links:
            await self._backends.links.DeleteLink(
                link_service_pb2.DeleteLinkRequest(link_id=link.link_id), metadata=account.metadata
            )
