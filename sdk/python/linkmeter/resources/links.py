"""Links: creating, finding, changing and ending them."""

import uuid
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Unpack

from google.protobuf.field_mask_pb2 import FieldMask

from linkmeter import methods
from linkmeter.convert import Between, enum_value, interval_message
from linkmeter.errors import InvalidArgument
from linkmeter.links.v1 import link_service_pb2 as messages
from linkmeter.links.v1 import links_pb2
from linkmeter.resource import TransportT, listing, operation
from linkmeter.resources.link_batches import LinkBatches
from linkmeter.resources.link_fields import LinkChanges, LinkFields, NewLink, link_message
from linkmeter.resources.link_pictures import LinkPictures
from linkmeter.rpc import Call, Listing

LinkOrder = Literal["create_time", "clicks", "last_click", "code"]
LinkState = Literal["active", "disabled", "scheduled", "expired", "exhausted"]


class FoundLink(NamedTuple):
    """A link, and whether it was created just now."""

    link: links_pb2.Link
    created: bool


class ClaimedLink(NamedTuple):
    """A link that was taken over, and whether it was the caller's before."""

    link: links_pb2.Link
    already_owned: bool


class Links(LinkBatches[TransportT], LinkPictures[TransportT]):
    """The links of the account. What is absent, deleted or somebody else's is NotFound alike."""

    @operation
    def create(
        self,
        destination: str,
        *,
        idempotency_key: str | None = None,
        issue_edit_token: bool = False,
        **fields: Unpack[NewLink],
    ) -> Call[links_pb2.Link]:
        """Create a link to a URL and return it.

        Args:
            destination: Absolute http or https URL, at most 8192 bytes.
            idempotency_key: Any text of 1 to 255 characters. A repeat under it within 24 hours returns the link of the
                first call. Default: a new one for each call, so that its repeats create one link.
            issue_edit_token: True to get in `edit_token` a secret that gives all rights on this one link.
            **fields: What else is set; see LinkFields and NewLink.

        Raises:
            AlreadyExists: The code is or was taken in its domain.
            InvalidArgument: A field breaks its bounds.
            FailedPrecondition: The idempotency key came with another request before.

        """
        request = messages.CreateLinkRequest(
            link=link_message(fields, destination=destination),
            idempotency_key=str(uuid.uuid4()) if idempotency_key is None else idempotency_key,
            issue_edit_token=issue_edit_token,
        )
        return methods.CREATE_LINK(request)

    @operation
    def find_or_create(
        self, destination: str, *, may_differ: Sequence[str] = (), **fields: Unpack[NewLink]
    ) -> Call[FoundLink]:
        """Return the account's oldest link that is just as asked, or create it: of equal calls at once one creates.

        A link that a password or a limit of clicks guards is never shared: asking for one creates it.

        Args:
            destination: Absolute http or https URL.
            may_differ: Names of fields in which a found link may differ: title, tags, redirect_status, note,
                private_stats, block_bots, expired_destination, indexable.
            **fields: What else the link has; see LinkFields and NewLink.

        Raises:
            AlreadyExists: The code is or was taken, by a link that is not as asked.
            InvalidArgument: A field breaks its bounds.

        """
        request = _find_request(destination, may_differ, fields, find_only=False)
        return methods.FIND_OR_CREATE_LINK(request).then(lambda answer: FoundLink(answer.link, answer.created))

    @operation
    def find(
        self, destination: str, *, may_differ: Sequence[str] = (), **fields: Unpack[NewLink]
    ) -> Call[links_pb2.Link | None]:
        """Return the account's oldest link that is just as asked, as find_or_create does; None when there is none."""
        request = _find_request(destination, may_differ, fields, find_only=True)
        return methods.FIND_OR_CREATE_LINK(request).then(
            lambda answer: answer.link if answer.HasField("link") else None
        )

    @operation
    def copy(self, link_id: int, *, code: str = "") -> Call[links_pb2.Link]:
        """Create a link with all that another has but its code and clicks, its password too.

        Args:
            link_id: The link to copy.
            code: The code of the copy. Default: random.

        Raises:
            AlreadyExists: The code is or was taken.
            InvalidArgument: The link could not be created today, for instance because it has expired.

        """
        return methods.COPY_LINK(messages.CopyLinkRequest(link_id=link_id, code=code))

    @operation
    def get(self, link_id: int) -> Call[links_pb2.Link]:
        """Return a link by its id."""
        return methods.GET_LINK(messages.GetLinkRequest(link_id=link_id))

    @operation
    def lookup(self, code: str, *, domain: str = "") -> Call[links_pb2.Link]:
        """Return a link by its code and the host name of its domain. Default: the installation's own domain."""
        return methods.LOOKUP_LINK(messages.LookupLinkRequest(domain=domain, code=code))

    @listing
    def list(
        self,
        *,
        domain: str = "",
        tag: str = "",
        query: str = "",
        state: LinkState | None = None,
        destination: str = "",
        archived: bool | None = None,
        created: Between | None = None,
        order_by: LinkOrder = "create_time",
        oldest_first: bool = False,
        page_size: int = 200,
        page_token: str = "",
    ) -> Listing[links_pb2.Link]:
        """Return the account's links that pass all filters, newest first unless another order is asked for.

        Args:
            domain: Only links of this domain (host name).
            tag: Only links with this tag.
            query: Only links whose code, title or destination contains this text, whatever its case.
            state: Only links in this state.
            destination: Only links that lead exactly here.
            archived: Only archived links (True) or only others (False, the default).
            created: Only links created in this interval.
            order_by: What they are ordered by. By clicks, most first, or by the last click, latest first: 10,000 take
                part, all others follow; it needs the scope stats:read. By code: from A to Z.
            oldest_first: True for the order turned round.
            page_size: How many are fetched at a time, 1 to 1000.
            page_token: Where to begin; see Page.next_page_token. Default: at the first link.

        """
        request = _list_request(domain, tag, query, state, destination, archived, created)
        request.order_by = enum_value(messages.LinkOrder, "LINK_ORDER", order_by, "order_by")
        request.oldest_first = oldest_first
        request.page_size = page_size
        request.page_token = page_token
        return Listing(methods.LIST_LINKS(request), "links")

    @operation
    def count(
        self,
        *,
        domain: str = "",
        tag: str = "",
        query: str = "",
        state: LinkState | None = None,
        destination: str = "",
        archived: bool | None = None,
        created: Between | None = None,
    ) -> Call[int]:
        """Return how many links pass all filters; they are those of list."""
        request = _list_request(domain, tag, query, state, destination, archived, created)
        request.page_size = 1
        request.with_total_size = True
        return methods.LIST_LINKS(request).then(lambda answer: answer.total_size)

    @operation
    def update(self, link_id: int, *, etag: str = "", **changes: Unpack[LinkChanges]) -> Call[links_pb2.Link]:
        """Change the given fields of a link and return it.

        Args:
            link_id: The link to change.
            etag: That of the link as it was read, so that somebody else's change is not overwritten. Default: it is.
            **changes: New values by name; None takes a value away. See LinkChanges.

        Raises:
            Aborted: The etag is not the link's current one.
            InvalidArgument: A field breaks its bounds, or none was given.

        """
        if not changes:
            raise InvalidArgument("there is nothing to change")
        request = messages.UpdateLinkRequest(
            link=link_message(changes, link_id=link_id, etag=etag), update_mask=FieldMask(paths=changes)
        )
        return methods.UPDATE_LINK(request)

    @operation
    def disable(self, link_id: int) -> Call[links_pb2.Link]:
        """Switch a link off until it is enabled, and return it. Nothing changes when it is off already."""
        return methods.DISABLE_LINK(messages.DisableLinkRequest(link_id=link_id))

    @operation
    def enable(self, link_id: int) -> Call[links_pb2.Link]:
        """Switch a link on again, and return it. Nothing changes when it is on already."""
        return methods.ENABLE_LINK(messages.EnableLinkRequest(link_id=link_id))

    @operation
    def claim(self, link_id: int, claim_token: str) -> Call[ClaimedLink]:
        """Take over a link that was created without account, with the token that its creation answered.

        Raises:
            PermissionDenied: No such link, another token, or a link that belongs to somebody, all alike.

        """
        request = messages.ClaimLinkRequest(link_id=link_id, claim_token=claim_token)
        return methods.CLAIM_LINK(request).then(lambda answer: ClaimedLink(answer.link, answer.already_owned))

    @operation
    def delete(self, link_id: int) -> Call[None]:
        """Delete a link for ever. Its code is given to nobody again; its statistics stay."""
        return methods.DELETE_LINK(messages.DeleteLinkRequest(link_id=link_id)).then(lambda _: None)


def _find_request(
    destination: str, may_differ: Sequence[str], fields: LinkFields, *, find_only: bool
) -> messages.FindOrCreateLinkRequest:
    return messages.FindOrCreateLinkRequest(
        link=link_message(fields, destination=destination),
        may_differ=FieldMask(paths=may_differ),
        find_only=find_only,
    )


def _list_request(
    domain: str,
    tag: str,
    query: str,
    state: LinkState | None,
    destination: str,
    archived: bool | None,
    created: Between | None,
) -> messages.ListLinksRequest:
    wanted: Any = None if state is None else enum_value(links_pb2.LinkState, "LINK_STATE", state, "state")
    return messages.ListLinksRequest(
        domain=domain,
        tag=tag,
        query=query,
        state=wanted,
        destination=destination,
        archived=archived,
        created=interval_message(created, "created"),
    )
