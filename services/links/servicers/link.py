"""LinkService: creating, changing and ending links."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from google.protobuf.empty_pb2 import Empty

from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common.caller import ANONYMOUS_OWNER_ID, LINKS_READ, LINKS_WRITE
from services.common.errors import InvalidArgument, NotFound, PermissionDenied, Unauthenticated
from services.common.ip_addresses import CLIENT_IP_KEY
from services.links.authentication import Context, owner_of, reach_of
from services.links.batch_writer import BatchWriter
from services.links.convert.batches import batch_change, batch_results
from services.links.convert.links import link_fields, link_message, named_fields, new_link_fields
from services.links.domain import changes, credentials, reuse
from services.links.domain.changes import LinkChange
from services.links.domain.credentials import Secret
from services.links.domain.domains import Domain
from services.links.domain.link import Link, LinkDraft, LinkFields, Reach
from services.links.link_writer import LinkWriter
from services.links.servicers.link_reading import LinkReader, Reading

IDEMPOTENCY_KEY: Final = "idempotency-key"
# Set by the gateway and by compat; keeps apart clients that share the anonymous owner.


class LinkServicer(LinkReader):
    """Implements LinkService: what reads is in LinkReader."""

    def __init__(self, reading: Reading, *, writer: LinkWriter, batch_writer: BatchWriter) -> None:
        super().__init__(reading)
        self._writer = writer
        self._batch_writer = batch_writer

    async def CreateLink(self, request: link_service_pb2.CreateLinkRequest, context: Context) -> links_pb2.Link:
        """Create a link for the caller."""
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_WRITE)
        claim_token = _claim_token(request, owner_id, _idempotency_key(request, context))
        link, edit_token = await self._writer.create(
            await self._draft(request.link, owner_id),
            idempotency_key=_idempotency_key(request, context),
            client=_metadata(context, CLIENT_IP_KEY) if owner_id == ANONYMOUS_OWNER_ID else "",
            issue_edit_token=request.issue_edit_token,
            claim_token=claim_token,
        )
        message = link_message(link, self._clock.now())
        if edit_token:
            message.edit_token = edit_token
        if claim_token:
            message.claim_token = claim_token.text
        return message

    async def FindOrCreateLink(
        self, request: link_service_pb2.FindOrCreateLinkRequest, context: Context
    ) -> link_service_pb2.FindOrCreateLinkResponse:
        """Find the link that is just as asked, or create it."""
        caller = await self._authenticator.caller(context)
        owner_id = owner_of(caller, LINKS_WRITE)
        _require_account(owner_id)
        caller.require(LINKS_READ)
        may_differ = reuse.checked_differences(request.may_differ.paths)
        draft = await self._draft(request.link, owner_id)
        if request.find_only:
            found, created = await self._writer.find(draft, may_differ), False
        else:
            found, created = await self._writer.find_or_create(draft, may_differ)
        link = link_message(found, self._clock.now()) if found else None
        return link_service_pb2.FindOrCreateLinkResponse(link=link, created=created)

    async def CopyLink(self, request: link_service_pb2.CopyLinkRequest, context: Context) -> links_pb2.Link:
        """Create a link with all that another has but its code and follows; NotFound when that is not there."""
        caller = await self._authenticator.caller(context)
        owner_id = owner_of(caller, LINKS_WRITE)
        _require_account(owner_id)
        original = await self._links.find(request.link_id)
        if original is None or not reach_of(caller, LINKS_READ).covers(original):
            raise NotFound("link", request.link_id)
        domain, fields = await self._writer.placed(original.fields, original.host, owner_id)
        draft = _draft(domain, fields, owner_id=owner_id, code=request.code)
        return link_message(await self._writer.copy(original, draft), self._clock.now())

    async def UpdateLink(self, request: link_service_pb2.UpdateLinkRequest, context: Context) -> links_pb2.Link:
        """Change the named fields of a link."""
        reach = reach_of(await self._authenticator.caller(context), LINKS_WRITE)
        link_id = request.link.link_id
        change = await self._change(request, await self._owner_of(reach))
        link = await self._writer.change(
            link_id, reach, lambda before: changes.apply(change, before, self._clock.now())
        )
        return link_message(link, self._clock.now())

    async def BatchUpdateLinks(
        self, request: link_service_pb2.BatchUpdateLinksRequest, context: Context
    ) -> link_service_pb2.BatchUpdateLinksResponse:
        """Change many links in the same way, and return what became of each."""
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_WRITE)
        change = batch_change(request)
        return batch_results(request.link_ids, await self._batch_writer.change(owner_id, request.link_ids, change))

    async def DisableLink(self, request: link_service_pb2.DisableLinkRequest, context: Context) -> links_pb2.Link:
        """Switch a link off."""
        return await self._write(
            request.link_id, context, lambda link: link.switched(disabled=True, now=self._clock.now())
        )

    async def EnableLink(self, request: link_service_pb2.EnableLinkRequest, context: Context) -> links_pb2.Link:
        """Switch a link on."""
        return await self._write(
            request.link_id, context, lambda link: link.switched(disabled=False, now=self._clock.now())
        )

    async def ClaimLink(
        self, request: link_service_pb2.ClaimLinkRequest, context: Context
    ) -> link_service_pb2.ClaimLinkResponse:
        """Hand a link that was created without account to the caller's; PermissionDenied unless the token is its."""
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_WRITE)
        if owner_id == ANONYMOUS_OWNER_ID:
            raise PermissionDenied("only an account can claim a link")
        known = await self._links.find(request.link_id)
        is_own = Reach(owner_id=owner_id, link_id=0).covers(known)
        link = known if is_own else None
        if link is None:
            link = await self._writer.claim(request.link_id, owner_id, request.claim_token)
        return link_service_pb2.ClaimLinkResponse(link=link_message(link, self._clock.now()), already_owned=is_own)

    async def DeleteLink(self, request: link_service_pb2.DeleteLinkRequest, context: Context) -> Empty:
        """Delete a link; its tombstone keeps the code."""
        await self._write(request.link_id, context, lambda link: link.buried(self._clock.now()))
        return Empty()

    async def _write(self, link_id: int, context: Context, change: Callable[[Link], Link]) -> links_pb2.Link:
        reach = reach_of(await self._authenticator.caller(context), LINKS_WRITE)
        return link_message(await self._writer.change(link_id, reach, change), self._clock.now())

    async def _draft(self, message: links_pb2.Link, owner_id: int) -> LinkDraft:
        fields = new_link_fields(message, has_account=owner_id != ANONYMOUS_OWNER_ID)
        domain, checked = await self._writer.placed(fields, self._hosts.domain_host(message.domain), owner_id)
        return _draft(domain, checked, owner_id=owner_id, code=message.code, password=message.password)

    async def _owner_of(self, reach: Reach) -> int:
        """Return the account whose domains count: the holder of an edit token acts on the link's owner's behalf."""
        if reach.owner_id:
            return reach.owner_id
        link = await self._links.find(reach.link_id)
        return link.owner_id if link else 0

    async def _change(self, request: link_service_pb2.UpdateLinkRequest, owner_id: int) -> LinkChange:
        message = request.link
        named = named_fields(request)
        values = link_fields(message, limit=message.max_clicks)
        if "destination" in named:
            checked = await self._writer.checked_destination(values.destination, owner_id)
            values = replace(values, destination=checked)
        if "expired_destination" in named:
            checked = await self._expired_destination(values.expired_destination, owner_id)
            values = replace(values, expired_destination=checked)
        return LinkChange(
            named=named,
            values=values,
            one_time=message.one_time,
            password=await self._writer.protect(message.password) if "password" in named else None,
            etag=message.etag,
            domain=self._hosts.domain_host(message.domain) if message.domain else "",
            code=message.code,
        )

    async def _expired_destination(self, text: str, owner_id: int) -> str:
        return await self._writer.checked_destination(text, owner_id, "link.expired_destination") if text else ""


def _draft(domain: Domain, fields: LinkFields, *, owner_id: int, code: str, password: str = "") -> LinkDraft:
    return LinkDraft(
        owner_id=owner_id,
        domain_id=domain.domain_id,
        host=domain.host,
        public_url=domain.public_url,
        code=code,
        fields=fields,
        password=password,
    )


def _require_account(owner_id: int) -> None:
    """Refuse callers without an account: the links of all of them belong to one owner."""
    if owner_id == ANONYMOUS_OWNER_ID:
        raise Unauthenticated


def _claim_token(request: link_service_pb2.CreateLinkRequest, owner_id: int, idempotency_key: str) -> Secret | None:
    """Draw the claim token that a create asks for; InvalidArgument where none can be had."""
    if not request.issue_claim_token:
        return None
    if owner_id != ANONYMOUS_OWNER_ID or request.issue_edit_token or idempotency_key:
        raise InvalidArgument(
            "issue_claim_token", "is for links without account, without an edit token and an idempotency key"
        )
    return credentials.new_claim_token()


def _idempotency_key(request: link_service_pb2.CreateLinkRequest, context: Context) -> str:
    header = _metadata(context, IDEMPOTENCY_KEY)
    if header and request.idempotency_key and header != request.idempotency_key:
        raise InvalidArgument("idempotency_key", "differs from the header Idempotency-Key")
    return request.idempotency_key or header


def _metadata(context: Context, wanted: str) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == wanted and isinstance(value, str):
            return value
    return ""
