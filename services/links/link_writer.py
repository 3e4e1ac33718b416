"""Writes links: check, store, publish."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, ParamSpec, TypeVar

from services.common import keyed_hash
from services.common.clock import Clock
from services.common.errors import InvalidArgument, NotFound, PermissionDenied
from services.common.hosts import OwnHosts
from services.links import metrics
from services.links.convert.links import resolution_message
from services.links.domain import codes, credentials, destination, passwords, reuse
from services.links.domain import link as links
from services.links.domain.credentials import Secret
from services.links.domain.destination import Destination
from services.links.domain.domains import Domain
from services.links.domain.idempotency import IdempotencyHashes
from services.links.domain.link import Link, LinkDraft, LinkFields, Reach
from services.links.domain.passwords import StoredPassword
from services.links.domain_lookup import DomainLookup
from services.links.password_worker import PasswordWorker
from services.links.publisher import Publication, Publisher
from services.links.store.claims import ClaimStore
from services.links.store.creation import Creation, CreationStore, NewLink
from services.links.store.links import LinkStore
from services.runtime.background import Background

P = ParamSpec("P")
T = TypeVar("T")

_NONCE_BYTES: Final = 32
_DESTINATION: Final = "link.destination"
_EXPIRED_DESTINATION: Final = "link.expired_destination"


class LinkWriter:
    """Creates and changes links so that every reader hears of it."""

    def __init__(
        self,
        *,
        links: LinkStore,
        creations: CreationStore,
        claims: ClaimStore,
        domains: DomainLookup,
        hosts: OwnHosts,
        publisher: Publisher,
        password_worker: PasswordWorker,
        background: Background,
        clock: Clock,
        secret: str,
        next_code: Callable[[int], str] = codes.generate,
    ) -> None:
        self._links = links
        self._creations = creations
        self._claims = claims
        self._domains = domains
        self._hosts = hosts
        self._publisher = publisher
        self._password_worker = password_worker
        self._background = background
        self._clock = clock
        self._next_code = next_code
        self._hashes = IdempotencyHashes(secret)
        self._token_key = keyed_hash.derive(secret, "edit-token")

    async def create(
        self,
        draft: LinkDraft,
        *,
        idempotency_key: str = "",
        client: str = "",
        issue_edit_token: bool = False,
        claim_token: Secret | None = None,
    ) -> tuple[Link, str]:
        """Create a link, or find the one that the same idempotency key created; also return its edit token.

        Raises InvalidArgument for a draft that breaks its bounds, AlreadyExists for a code that is taken,
        FailedPrecondition for a key that came with another request before.
        """
        now = self._clock.now()
        _check_draft(draft, now)
        request = None
        if idempotency_key:
            request = self._hashes.request(idempotency_key, draft, issue_edit_token=issue_edit_token, client=client)
        creation = await self._creations.repeat_of(request, now) if request else None
        if creation is None:
            new = self._new(draft, await self.protect(draft.password), now)
            if issue_edit_token:
                new = replace(new, token_hash=credentials.edit_token(self._token_key, new.nonce).hash)
            new = replace(new, claim_token_hash=claim_token.hash if claim_token else None)
            creation = await self._settle(self._creations.create(replace(new, request=request)))
        token = credentials.edit_token(self._token_key, creation.nonce).text if issue_edit_token else ""
        return creation.link, token

    async def find(self, draft: LinkDraft, may_differ: frozenset[str]) -> Link | None:
        """Find the owner's oldest link that is just as asked; InvalidArgument for a draft that breaks its bounds."""
        _check_draft(draft, self._clock.now())
        return await self._creations.find_same(draft, may_differ) if reuse.is_shareable(draft) else None

    async def find_or_create(self, draft: LinkDraft, may_differ: frozenset[str]) -> tuple[Link, bool]:
        """Find the owner's oldest link that is just as asked, or create it; also return whether it was created.

        Raises what create does.
        """
        # Most calls find one, and need not wait for their turn.
        found = await self.find(draft, may_differ)
        if found:
            return found, False
        if not reuse.is_shareable(draft):
            return (await self.create(draft))[0], True
        new = self._new(draft, None, self._clock.now())
        creation = await self._settle(self._creations.find_or_create(new, may_differ))
        return creation.link, not creation.is_repeat

    async def copy(self, original: Link, draft: LinkDraft) -> Link:
        """Create a link that is guarded as another one is: by its password, and by being switched off.

        Raises what create does.
        """
        now = self._clock.now()
        _check_draft(draft, now)
        new = replace(self._new(draft, original.password, now), disabled=original.disabled)
        return (await self._settle(self._creations.create(new))).link

    async def change(self, link_id: int, reach: Reach, change: Callable[[Link], Link]) -> Link:
        """Change a link within a caller's reach; NotFound when there is none."""

        def change_visible(link: Link | None) -> Link:
            if link is None or not reach.covers(link):
                raise NotFound("link", link_id)
            return change(link)

        return await self._background.settle(self._change(link_id, change_visible))

    async def claim(self, link_id: int, owner_id: int, token: str) -> Link:
        """Hand a link without account over to one, for its claim token; PermissionDenied when it is not the link's."""
        return await self._background.settle(self._claim(link_id, owner_id, token))

    async def placed(self, fields: LinkFields, host: str, owner_id: int) -> tuple[Domain, LinkFields]:
        """Find the domain of a new link and normalise its destinations; InvalidArgument when either will not do."""
        (placed,) = await self.placed_all([(fields, host)], owner_id)
        if isinstance(placed, InvalidArgument):
            raise placed
        return placed

    async def placed_all(
        self, links: Sequence[tuple[LinkFields, str]], owner_id: int
    ) -> list[tuple[Domain, LinkFields] | InvalidArgument]:
        """Do for each of many links what placed does; the exception stands in the place of those that will not do."""
        parsed = [_caught(_parsed, fields) for fields, _ in links]
        hosts = {host for _, host in links}
        hosts.update(each.host for pair in parsed if isinstance(pair, tuple) for each in pair if each)
        # One question to PostgreSQL for all that has to be known about hosts.
        known = await self._domains.find_all(hosts)
        return [
            pair
            if isinstance(pair, InvalidArgument)
            else _caught(self._place, fields, *pair, known.get(host), known, owner_id)
            for (fields, host), pair in zip(links, parsed, strict=True)
        ]

    def _place(
        self,
        fields: LinkFields,
        first: Destination,
        then: Destination | None,
        domain: Domain | None,
        known: Mapping[str, Domain],
        owner_id: int,
    ) -> tuple[Domain, LinkFields]:
        if domain is None or not domain.is_usable_by(owner_id):
            # Absent and somebody else's are the same.
            raise InvalidArgument("link.domain", "is no domain that you can create links in")
        return domain, replace(
            fields,
            destination=self._leading_away(first, known, owner_id, _DESTINATION),
            expired_destination=self._leading_away(then, known, owner_id, _EXPIRED_DESTINATION) if then else "",
        )

    async def checked_destination(self, text: str, owner_id: int, field: str = _DESTINATION) -> str:
        """Normalise a destination; InvalidArgument when no link of an owner may lead there."""
        parsed = destination.parse(text, field)
        return self._leading_away(parsed, await self._domains.find_all({parsed.host}), owner_id, field)

    def _leading_away(self, parsed: Destination, known: Mapping[str, Domain], owner_id: int, field: str) -> str:
        domain = known.get(parsed.host)
        # Another account's domain is a host like any other.
        if parsed.host in self._hosts or (domain is not None and domain.is_usable_by(owner_id)):
            raise InvalidArgument(field, "must not be on a domain of this installation", reason="OWN_DOMAIN")
        return parsed.url

    async def protect(self, password: str) -> StoredPassword | None:
        """Hash a password; none stays none. Raises InvalidArgument for one that is too long."""
        if not password:
            return None
        passwords.check(password, "link.password")
        return await self._password_worker.protect(password)

    def _new(self, draft: LinkDraft, password: StoredPassword | None, now: datetime) -> NewLink:
        return NewLink(
            draft=draft,
            password=password,
            next_code=self._next_code,
            now=now,
            nonce=secrets.token_bytes(_NONCE_BYTES),
            token_hash=None,
            request=None,
        )

    async def _settle(self, creating: Awaitable[Creation]) -> Creation:
        """Create and publish to the end, even when the caller goes away."""
        return await self._background.settle(self._published(creating))

    async def _published(self, creating: Awaitable[Creation]) -> Creation:
        creation = await creating
        if not creation.is_repeat:
            metrics.LINKS_CREATED.inc()
            await self._publisher.publish(publication(creation.link))
        return creation

    async def _claim(self, link_id: int, owner_id: int, token: str) -> Link:
        link = await self._claims.claim(link_id, owner_id, credentials.hash_of(token), self._clock.now())
        if link is None:
            raise PermissionDenied("the claim token is not that of such a link")
        await self._publisher.publish(publication(link))
        return link

    async def _change(self, link_id: int, change: Callable[[Link | None], Link]) -> Link:
        link, is_changed = await self._links.change(link_id, change)
        if is_changed:
            await self._publisher.publish(publication(link))
        return link


def _parsed(fields: LinkFields) -> tuple[Destination, Destination | None]:
    expired = fields.expired_destination
    return (
        destination.parse(fields.destination, _DESTINATION),
        destination.parse(expired, _EXPIRED_DESTINATION) if expired else None,
    )


def _caught(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | InvalidArgument:
    """Return what work returns, or the InvalidArgument that it raises."""
    try:
        return work(*args, **kwargs)
    except InvalidArgument as problem:
        return problem


def publication(link: Link) -> Publication:
    """Write a link for redirect's cache."""
    return Publication(link.host, link.code, link.revision, resolution_message(link).SerializeToString())


def _check_draft(draft: LinkDraft, now: datetime) -> None:
    if draft.code:
        codes.check_custom(draft.code)
    passwords.check(draft.password, "link.password")
    links.check_fields(draft.fields, now)
