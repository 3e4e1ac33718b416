"""LinkService, through a real server."""

from datetime import timedelta

import asyncpg
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import emoji_codes, errors
from services.common.caller import Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, OWNER_ID, Links, bearer


def at(clock: FakeClock, **delta: float) -> Timestamp:
    """Make a time relative to the test's clock."""
    result = Timestamp()
    result.FromDatetime(clock.now() + timedelta(**delta))
    return result


async def test_created_link_comes_back_whole(links: Links, clock: FakeClock) -> None:
    """Create answers the resource, and Get the same."""
    created = await links.create(
        "https://münchen.de/a b",
        title="A title",
        tags=["x", "y"],
        redirect_status=301,
        valid_from_time=at(clock, hours=-1),
        expire_time=at(clock, hours=1),
        max_clicks=5,
        password="secret",
        note="a note",
        private_stats=True,
        block_bots=True,
        expired_destination="https://example.com/gone",
        indexable=False,
    )
    assert created.owner_id == OWNER_ID
    assert created.domain == "sho.rt"
    assert len(created.code) == 7
    assert created.short_url == f"https://sho.rt/{created.code}"
    assert created.destination == "https://xn--mnchen-3ya.de/a%20b"
    assert list(created.tags) == ["x", "y"]
    assert (created.redirect_status, created.max_clicks, created.one_time, created.has_password) == (
        301,
        5,
        False,
        True,
    )
    assert created.password == ""
    assert created.edit_token == ""
    assert created.state == links_pb2.LINK_STATE_ACTIVE
    assert created.create_time == created.update_time == at(clock)
    assert await links.get(created.link_id) == created


async def test_defaults(links: Links) -> None:
    """A destination is enough."""
    created = await links.create()
    assert created.redirect_status == 302
    assert created.private_stats is True
    assert not created.has_password
    assert not created.HasField("expire_time")
    assert not created.HasField("indexable")
    assert created.forward_query == links_pb2.FORWARD_QUERY_NONE


async def test_which_parameters_go_on_is_kept_changed_and_told_to_redirect(links: Links) -> None:
    """Named in a mask without a value, none do; a rule that nobody knows is refused."""
    created = await links.create(code="forward", forward_query=links_pb2.FORWARD_QUERY_MISSING)
    assert created.forward_query == links_pb2.FORWARD_QUERY_MISSING
    everything = links_pb2.Link(link_id=created.link_id, forward_query=links_pb2.FORWARD_QUERY_ALL)
    assert await links.update(everything) == await links.get(created.link_id)
    assert (await links.resolve("forward")).resolution.forward_query == links_pb2.FORWARD_QUERY_ALL
    changed = await links.update(links_pb2.Link(link_id=created.link_id), "forward_query")
    assert changed.forward_query == links_pb2.FORWARD_QUERY_NONE
    with pytest.raises(errors.InvalidArgument, match=r"link\.forward_query"):
        await links.create(forward_query=7)


async def test_what_search_engines_may_list_goes_back_to_the_installations_setting(links: Links) -> None:
    """Named in a mask without a value."""
    created = await links.create(indexable=True)
    assert created.indexable
    changed = await links.update(links_pb2.Link(link_id=created.link_id), "indexable")
    assert not changed.HasField("indexable")


async def test_lookup_finds_by_domain_and_code(links: Links) -> None:
    """Domain and code name a link; our own domain is the default and has aliases."""
    created = await links.create(code="Case-1")
    for domain in ("", "sho.rt", "SHO.RT.", "www.sho.rt"):
        request = link_service_pb2.LookupLinkRequest(domain=domain, code="Case-1")
        assert await links.links.LookupLink(request, metadata=OWNER) == created
    for domain, code in (("", "case-1"), ("other.example", "Case-1"), ("no host", "Case-1")):
        with pytest.raises(errors.NotFound):
            await links.links.LookupLink(link_service_pb2.LookupLinkRequest(domain=domain, code=code), metadata=OWNER)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"destination": ""}, "link.destination"),
        ({"destination": "https://sho.rt/x"}, "link.destination"),
        ({"expired_destination": "javascript:1"}, "link.expired_destination"),
        ({"code": "ab"}, "link.code"),
        ({"code": "API"}, "link.code"),
        ({"domain": "other.example"}, "link.domain"),
        ({"domain": "no host"}, "link.domain"),
        ({"title": "x" * 513}, "link.title"),
        ({"title": "a\0b"}, "link.title"),
        ({"tags": ["a", "a"]}, "link.tags"),
        ({"redirect_status": 200}, "link.redirect_status"),
        ({"max_clicks": -1}, "link.max_clicks"),
        ({"max_clicks": 2, "one_time": True}, "link.one_time"),
        ({"password": "x" * 257}, "link.password"),
        ({"expire_time": Timestamp(seconds=1)}, "link.expire_time"),
        ({"expire_time": Timestamp(seconds=2**60)}, "link.expire_time"),
        ({"expire_time": Timestamp(nanos=-1)}, "link.expire_time"),
    ],
)
async def test_bad_fields_are_named_and_nothing_is_written(links: Links, fields: dict[str, object], field: str) -> None:
    """A field out of bounds is INVALID_ARGUMENT with its name."""
    with pytest.raises(errors.InvalidArgument) as caught:
        await links.create(**fields)  # type: ignore[arg-type]
    assert caught.value.field == field
    listed = await links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=OWNER)
    assert len(listed.links) == 0


async def test_update_with_mask_changes_the_named_fields(links: Links, clock: FakeClock) -> None:
    """The mask names what changes; unset values of named fields clear them."""
    created = await links.create(title="old", tags=["a"], password="secret")
    clock.advance(seconds=60)
    wanted = links_pb2.Link(link_id=created.link_id, title="new", note="not named")
    updated = await links.update(wanted, "title", "tags", "password")
    assert (updated.title, list(updated.tags), updated.note, updated.has_password) == ("new", [], "", False)
    assert updated.update_time == at(clock)
    assert updated.etag != created.etag
    assert await links.get(created.link_id) == updated


async def test_update_without_mask_changes_what_has_a_value(links: Links) -> None:
    """Without a mask the fields with a value change; a client may send back what it read."""
    created = await links.create(title="old", tags=["a"])
    created.title = "new"
    created.archived = True
    updated = await links.update(created)
    assert (updated.title, list(updated.tags), updated.archived) == ("new", ["a"], True)


@pytest.mark.parametrize("path", ["code", "domain", "etag", "disabled", "nonsense", "destination.host"])
async def test_update_of_other_fields_is_refused(links: Links, path: str) -> None:
    """A mask that names what cannot change is INVALID_ARGUMENT."""
    created = await links.create()
    with pytest.raises(errors.InvalidArgument) as caught:
        await links.update(links_pb2.Link(link_id=created.link_id), path)
    assert caught.value.field == "update_mask"
    assert await links.get(created.link_id) == created


async def test_update_keeps_the_rules_of_creation(links: Links) -> None:
    """No update gets a destination in that no create could."""
    created = await links.create()
    for destination in ("javascript:1", "http://sho.rt/", ""):
        with pytest.raises(errors.InvalidArgument):
            await links.update(links_pb2.Link(link_id=created.link_id, destination=destination), "destination")
    assert (await links.get(created.link_id)).destination == created.destination


async def test_stale_etag_is_aborted(links: Links) -> None:
    """Of two changes to the same revision the second is refused."""
    created = await links.create()
    first = await links.update(links_pb2.Link(link_id=created.link_id, etag=created.etag, title="one"), "title")
    with pytest.raises(errors.Aborted):
        await links.update(links_pb2.Link(link_id=created.link_id, etag=created.etag, title="two"), "title")
    assert (await links.get(created.link_id)) == first


async def test_disable_and_enable(links: Links) -> None:
    """Switching is idempotent: doing it twice is doing it once."""
    created = await links.create()
    off = await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=created.link_id), metadata=OWNER)
    assert off.disabled
    assert off.state == links_pb2.LINK_STATE_DISABLED
    again = await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=created.link_id), metadata=OWNER)
    assert again == off
    on = await links.links.EnableLink(link_service_pb2.EnableLinkRequest(link_id=created.link_id), metadata=OWNER)
    assert on.state == links_pb2.LINK_STATE_ACTIVE


async def test_deleted_code_is_never_given_again(links: Links) -> None:
    """The tombstone keeps the code: for the owner and for everybody else."""
    created = await links.create(code="gone", password="secret")
    await links.delete(created.link_id)
    with pytest.raises(errors.NotFound):
        await links.get(created.link_id)
    with pytest.raises(errors.NotFound):
        await links.delete(created.link_id)
    with pytest.raises(errors.NotFound):
        await links.update(links_pb2.Link(link_id=created.link_id, title="x"), "title")
    with pytest.raises(errors.AlreadyExists):
        await links.create(code="gone")
    other = bearer(await links.foreign_key("links:write"))
    request = link_service_pb2.CreateLinkRequest(link=links_pb2.Link(destination="https://example.com/", code="gone"))
    with pytest.raises(errors.AlreadyExists):
        await links.links.CreateLink(request, metadata=other)
    resolution = (await links.resolve("gone")).resolution
    assert resolution.deleted
    assert (resolution.destination, resolution.title, resolution.password_version) == ("", "", "")


async def test_foreign_absent_and_deleted_links_look_the_same(links: Links) -> None:
    """Who has no right to a link cannot tell whether it is there."""
    mine = await links.create(code="mine")
    gone = await links.create(code="gone")
    await links.delete(gone.link_id)
    stranger = bearer(await links.foreign_key("admin"))
    answers = set()
    for link_id in (mine.link_id, gone.link_id, 999_999, 0, -1):
        for attempt in (
            links.get(link_id, stranger),
            links.delete(link_id, stranger),
            links.update(links_pb2.Link(link_id=link_id, title="x"), "title", metadata=stranger),
        ):
            with pytest.raises(errors.NotFound) as caught:
                await attempt
            answers.add((type(caught.value), caught.value.description.replace(str(link_id), "*")))
    for code in ("mine", "gone", "never"):
        with pytest.raises(errors.NotFound) as caught:
            await links.links.LookupLink(link_service_pb2.LookupLinkRequest(code=code), metadata=stranger)
        answers.add((type(caught.value), caught.value.description.replace(code, "*")))
    assert len(answers) == 1
    assert (await links.get(mine.link_id)).title == ""


async def test_edit_token_reaches_its_link_only(links: Links) -> None:
    """The token's holder reads, changes and deletes one link, and nothing else."""
    created, other = await links.create_with_token(), await links.create()
    token = bearer(created.edit_token)
    assert (await links.get(created.link_id, token)).edit_token == ""
    renamed = links_pb2.Link(link_id=created.link_id, title="x")
    assert (await links.update(renamed, "title", metadata=token)).title == "x"
    with pytest.raises(errors.NotFound):
        await links.get(other.link_id, token)
    with pytest.raises(errors.PermissionDenied):
        await links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=token)
    with pytest.raises(errors.PermissionDenied):
        await links.links.CreateLink(
            link_service_pb2.CreateLinkRequest(link=links_pb2.Link(destination="https://example.com/")), metadata=token
        )
    await links.delete(created.link_id, token)
    with pytest.raises(errors.NotFound):
        await links.get(created.link_id, token)


async def test_internal_caller_is_trusted(links: Links) -> None:
    """A service vouches for the caller on whose behalf it calls."""
    metadata = metadata_for(Caller(owner_id=1, scopes=frozenset({"links:write"}), credential="anonymous"))
    request = link_service_pb2.CreateLinkRequest(link=links_pb2.Link(destination="https://example.com/"))
    created = await links.links.CreateLink(request, metadata=metadata)
    assert created.owner_id == 1
    with pytest.raises(errors.PermissionDenied):
        await links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=metadata)


async def test_huge_message_is_refused(links: Links) -> None:
    """A message far above any link is RESOURCE_EXHAUSTED, and the service lives on."""
    with pytest.raises(errors.ResourceExhausted):
        await links.create(title="x" * 1_000_000)
    assert await links.create()


async def test_emoji_code_is_looked_up_in_any_spelling(links: Links) -> None:
    """As its visitors may write it, at LookupLink and ResolveLink."""
    code = emoji_codes.code_of("❤") or ""
    link = await links.create(code=code)
    for written in (code, "❤", "❤\ufe0f", "%E2%9D%A4%EF%B8%8F"):
        request = link_service_pb2.LookupLinkRequest(code=written)
        assert (await links.links.LookupLink(request, metadata=OWNER)).link_id == link.link_id
        assert (await links.resolve(written)).resolution.link_id == link.link_id


async def test_link_from_before_its_word_was_reserved_goes_on(links: Links) -> None:
    """Only creation is refused: the link is followed, found and changed as ever."""
    link = await links.create()
    connection = await asyncpg.connect(links.postgres_url)
    await connection.execute("UPDATE links.links SET code = 'Login' WHERE link_id = $1", link.link_id)
    await connection.close()
    assert (await links.resolve("Login")).resolution.link_id == link.link_id
    request = link_service_pb2.LookupLinkRequest(code="Login")
    assert (await links.links.LookupLink(request, metadata=OWNER)).link_id == link.link_id
    assert (await links.update(links_pb2.Link(link_id=link.link_id, title="x"))).code == "Login"
    with pytest.raises(errors.InvalidArgument):
        await links.create(code="login")
