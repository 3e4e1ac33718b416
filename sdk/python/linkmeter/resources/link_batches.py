"""Links: many at once, and codes before they are given."""

from collections.abc import Iterable
from typing import NamedTuple

from linkmeter import methods
from linkmeter.links.v1 import link_service_pb2 as messages
from linkmeter.links.v1 import links_pb2
from linkmeter.resource import Resource, TransportT, operation
from linkmeter.rpc import Call


class CheckedCode(NamedTuple):
    """Whether a code could be given to a new link, and in words why not."""

    available: bool
    reason: str


class LinkBatches(Resource[TransportT]):
    """What concerns many links of the account."""

    @operation
    def batch_get(self, link_ids: Iterable[int]) -> Call[list[links_pb2.Link]]:
        """Return many links by their ids, 1 to 1000, in their order; without those that the account does not have.

        Links whose texts are very long may not all fit into one answer (8 MiB): those at the end are left out, too.
        """
        request = messages.BatchGetLinksRequest(link_ids=link_ids)
        return methods.BATCH_GET_LINKS(request).then(lambda answer: [*answer.links])

    @operation
    def batch_update(
        self,
        link_ids: Iterable[int],
        *,
        add_tags: Iterable[str] = (),
        remove_tags: Iterable[str] = (),
        archived: bool | None = None,
        disabled: bool | None = None,
        delete: bool = False,
    ) -> Call[list[messages.BatchUpdateLinksResult]]:
        """Change many links in the same way, or delete them, and return for each what became of it, in their order.

        What is refused of one link keeps none of the others out: a result whose `status.code` is not 0 says why.

        Args:
            link_ids: The links, 1 to 1000, without repeats.
            add_tags: Tags to put on them.
            remove_tags: Tags to take from them.
            archived: True to put them away, False to bring them back.
            disabled: True to switch them off, False to switch them on.
            delete: True to delete them for ever; not together with any change.

        """
        request = messages.BatchUpdateLinksRequest(
            link_ids=link_ids,
            add_tags=add_tags,
            remove_tags=remove_tags,
            archived=archived,
            disabled=disabled,
            delete=delete,
        )
        return methods.BATCH_UPDATE_LINKS(request).then(lambda answer: [*answer.results])

    @operation
    def check_code(self, code: str, *, domain: str = "") -> Call[CheckedCode]:
        """Say whether a link with this code could be created just now, in a domain. Default: the installation's own."""
        request = messages.CheckLinkCodeRequest(domain=domain, code=code)
        return methods.CHECK_LINK_CODE(request).then(
            lambda answer: CheckedCode(answer.state == messages.CODE_STATE_AVAILABLE, answer.reason)
        )
