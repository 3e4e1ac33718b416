"""Taking over links that were created without account."""

import asyncio

import pytest

from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import errors
from services.common.caller import ANONYMOUS_OWNER_ID, LINKS_READ, LINKS_WRITE, Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.links_service import OWNER, OWNER_ID, Links, bearer

NOBODY = metadata_for(
    Caller(owner_id=ANONYMOUS_OWNER_ID, scopes=frozenset({LINKS_READ, LINKS_WRITE}), credential="anonymous")
)


async def create(links: Links, **request: bool) -> links_pb2.Link:
    """Create a link for nobody."""
    link = links_pb2.Link(destination="https://example.com/")
    return await links.links.CreateLink(
        link_service_pb2.CreateLinkRequest(link=link, **request),  # type: ignore[arg-type]
        metadata=NOBODY,
    )


async def claim(
    links: Links, link_id: int, token: str, metadata: tuple[tuple[str, str | bytes], ...] = OWNER
) -> link_service_pb2.ClaimLinkResponse:
    """Claim a link."""
    request = link_service_pb2.ClaimLinkRequest(link_id=link_id, claim_token=token)
    return await links.links.ClaimLink(request, metadata=metadata)


async def test_a_claimed_link_is_the_accounts(links: Links) -> None:
    """The token hands the link over, code and all; redirects hear of it as of every change."""
    link = await create(links, issue_claim_token=True)
    assert link.claim_token.startswith("clm_")
    claimed = await claim(links, link.link_id, link.claim_token)
    assert (claimed.link.owner_id, claimed.link.code, claimed.already_owned) == (OWNER_ID, link.code, False)
    assert claimed.link.etag != link.etag
    assert not claimed.link.HasField("claim_token")
    assert (await links.get(link.link_id)).destination == "https://example.com/"
    assert (await links.resolve(link.code)).resolution.owner_id == OWNER_ID


async def test_a_claim_token_works_once_and_claims_only(links: Links) -> None:
    """A repeat by the new owner changes nothing; to others it is wrong; and it opens no call."""
    link = await create(links, issue_claim_token=True)
    with pytest.raises(errors.Unauthenticated):
        await links.get(link.link_id, bearer(link.claim_token))
    await claim(links, link.link_id, link.claim_token)
    assert (await claim(links, link.link_id, link.claim_token)).already_owned
    other = bearer(await links.foreign_key(LINKS_READ, LINKS_WRITE))
    with pytest.raises(errors.PermissionDenied):
        await claim(links, link.link_id, link.claim_token, other)


async def test_what_cannot_be_claimed_looks_alike(links: Links) -> None:
    """Unknown links, other links' tokens, edit tokens, links of accounts and deleted ones: one answer."""
    link, held = await create(links, issue_claim_token=True), await create(links, issue_edit_token=True)
    own = await links.create()
    gone = await create(links, issue_claim_token=True)
    await links.delete(gone.link_id, NOBODY)
    other = bearer(await links.foreign_key(LINKS_READ, LINKS_WRITE))
    answers = set()
    for link_id, token in [
        (10**15, link.claim_token),
        (held.link_id, link.claim_token),
        (held.link_id, held.edit_token),
        (own.link_id, link.claim_token),
        (link.link_id, ""),
        (gone.link_id, gone.claim_token),
    ]:
        with pytest.raises(errors.PermissionDenied) as refused:
            await claim(links, link_id, token, other)
        answers.add(str(refused.value))
    assert len(answers) == 1
    # None of that used the token up.
    assert (await claim(links, link.link_id, link.claim_token, other)).link.owner_id


async def test_of_two_who_claim_one_wins(links: Links) -> None:
    """A link never belongs to two, however close together they come."""
    link = await create(links, issue_claim_token=True)
    other = bearer(await links.foreign_key(LINKS_READ, LINKS_WRITE))
    answers = await asyncio.gather(
        *(claim(links, link.link_id, link.claim_token, metadata) for metadata in (OWNER, other)),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["ClaimLinkResponse", "PermissionDenied"]


async def test_claim_tokens_are_for_links_without_account(links: Links) -> None:
    """Accounts have their links already; and there is one token a link."""
    request = link_service_pb2.CreateLinkRequest(
        link=links_pb2.Link(destination="https://example.com/"), issue_claim_token=True
    )
    with pytest.raises(errors.InvalidArgument):
        await links.links.CreateLink(request, metadata=OWNER)
    with pytest.raises(errors.InvalidArgument):
        await create(links, issue_claim_token=True, issue_edit_token=True)


async def test_who_may_see_what(links: Links) -> None:
    """Statistics and destinations of a link without account but with an edit token are the token holder's."""
    public, held = await create(links), await create(links, issue_edit_token=True)
    own = await links.create_with_token()
    assert (public.public_stats, public.destination_audience) == (True, links_pb2.AUDIENCE_ANYBODY)
    assert (held.public_stats, held.destination_audience) == (False, links_pb2.AUDIENCE_OWNER)
    assert await links.get(held.link_id, bearer(held.edit_token)) == _without_token(held)
    # An account's link is the account's, with whatever token.
    assert (own.public_stats, own.destination_audience) == (False, links_pb2.AUDIENCE_ANYBODY)
    assert (await links.create(password="secret")).destination_audience == links_pb2.AUDIENCE_PASSWORD
    assert (await links.create(password="secret", max_clicks=2)).destination_audience == links_pb2.AUDIENCE_OWNER
    disabled = await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=own.link_id), metadata=OWNER)
    assert disabled.destination_audience == links_pb2.AUDIENCE_OWNER


def _without_token(link: links_pb2.Link) -> links_pb2.Link:
    plain = links_pb2.Link()
    plain.CopyFrom(link)
    plain.ClearField("edit_token")
    return plain
