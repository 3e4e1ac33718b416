"""Links: states, bounds, changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.common.errors import Aborted, InvalidArgument
from services.links.domain import changes
from services.links.domain.changes import LinkChange
from services.links.domain.link import Link, LinkFields, LinkState, Reach, check_fields, follow_limit
from services.links.domain.passwords import StoredPassword

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)
FIELDS = LinkFields(destination="https://example.com/")


def link(**changes: object) -> Link:
    """Make a link."""
    plain = Link(
        link_id=7,
        owner_id=2,
        domain_id=1,
        host="sho.rt",
        public_url="https://sho.rt",
        code="abc",
        fields=FIELDS,
        create_time=EARLIER,
        update_time=EARLIER,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_link", "state"),
    [
        (link(), LinkState.ACTIVE),
        (link(disabled=True, fields=replace(FIELDS, expire_time=EARLIER)), LinkState.DISABLED),
        (link(fields=replace(FIELDS, expire_time=NOW)), LinkState.EXPIRED),
        (link(fields=replace(FIELDS, expire_time=LATER)), LinkState.ACTIVE),
        (link(fields=replace(FIELDS, max_clicks=2), consumed_clicks=2), LinkState.EXHAUSTED),
        (link(fields=replace(FIELDS, max_clicks=2), consumed_clicks=1), LinkState.ACTIVE),
        (link(fields=replace(FIELDS, valid_from_time=LATER)), LinkState.SCHEDULED),
        (link(fields=replace(FIELDS, valid_from_time=NOW)), LinkState.ACTIVE),
    ],
)
def test_state_is_the_first_that_applies(given_link: Link, state: LinkState) -> None:
    """Off, expired, used up, not yet, active: in this order; ends are exclusive, beginnings inclusive."""
    assert given_link.state(NOW) is state


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (replace(FIELDS, title="x" * 513), "link.title"),
        (replace(FIELDS, title="a\nb"), "link.title"),
        (replace(FIELDS, note="x" * 4097), "link.note"),
        (replace(FIELDS, note="a\0"), "link.note"),
        (replace(FIELDS, tags=tuple(map(str, range(33)))), "link.tags"),
        (replace(FIELDS, tags=("a", "a")), "link.tags"),
        (replace(FIELDS, tags=("",)), "link.tags"),
        (replace(FIELDS, tags=("x" * 65,)), "link.tags"),
        (replace(FIELDS, redirect_status=303), "link.redirect_status"),
        (replace(FIELDS, max_clicks=-1), "link.max_clicks"),
        (replace(FIELDS, max_clicks=1_000_000_001), "link.max_clicks"),
        (replace(FIELDS, expire_time=NOW), "link.expire_time"),
        (replace(FIELDS, expire_time=LATER, valid_from_time=LATER), "link.expire_time"),
    ],
)
def test_fields_out_of_bounds_are_named(fields: LinkFields, field: str) -> None:
    """A refusal names the field."""
    with pytest.raises(InvalidArgument) as caught:
        check_fields(fields, NOW)
    assert caught.value.field == field


def test_fields_at_their_bounds_pass() -> None:
    """The bounds themselves are allowed, and people may write in any script."""
    check_fields(
        replace(
            FIELDS,
            title="👨‍👩‍👧 " + "ж" * 500,
            note="line\r\nline\t" + "x" * 4000,
            tags=tuple(f"{number:064}" for number in range(32)),
            max_clicks=1_000_000_000,
            expire_time=LATER,
            valid_from_time=NOW,
        ),
        NOW,
    )


def test_one_time_is_a_limit_of_one() -> None:
    """one_time and max_clicks must not contradict each other."""
    assert follow_limit(max_clicks=0, one_time=True) == follow_limit(max_clicks=1, one_time=False) == 1
    assert follow_limit(max_clicks=5, one_time=False) == 5
    with pytest.raises(InvalidArgument):
        follow_limit(max_clicks=5, one_time=True)


def change(*named: str, one_time: bool = False, **values: object) -> LinkChange:
    """Make a change of the named fields."""
    return LinkChange(named=frozenset(named), values=replace(FIELDS, **values), one_time=one_time)  # type: ignore[arg-type]


def test_only_named_fields_change() -> None:
    """Values without a name in the mask do not count."""
    after = changes.apply(change("title", title="new", tags=("x",)), link(), NOW)
    assert after == link(fields=replace(FIELDS, title="new"), revision=2, update_time=NOW)


def test_change_to_the_same_is_none() -> None:
    """Nothing new: neither revision nor update time move, so that a repeat does no harm."""
    assert changes.apply(change("title", "destination"), link(), NOW) == link()


def test_every_change_moves_the_etag() -> None:
    """The etag names one revision of one link."""
    after = changes.apply(change("title", title="new"), link(), NOW)
    assert len({link().etag, after.etag, link(link_id=8).etag}) == 3


def test_stale_etag_is_refused_and_current_one_passes() -> None:
    """A change for another revision does not overwrite this one."""
    wanted = change("title", title="new")
    assert changes.apply(replace(wanted, etag=link().etag), link(), NOW).revision == 2
    with pytest.raises(Aborted):
        changes.apply(replace(wanted, etag="stale"), link(), NOW)


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        (0, change("one_time", one_time=True), 1),
        (1, change("one_time"), 0),
        (5, change("one_time"), 5),
        (1, change("max_clicks", max_clicks=5), 5),
        (5, change("max_clicks"), 0),
        (0, change("max_clicks", "one_time", max_clicks=1, one_time=True), 1),
        (3, change("title", title="x"), 3),
    ],
)
def test_limit_after_a_change(before: int, asked: LinkChange, after: int) -> None:
    """max_clicks and one_time are two views of one limit."""
    given_link = link(fields=replace(FIELDS, max_clicks=before))
    assert changes.apply(asked, given_link, NOW).fields.max_clicks == after


def test_taking_the_limit_away_forgets_what_was_consumed() -> None:
    """A link without limit has consumed nothing."""
    used = link(fields=replace(FIELDS, max_clicks=3), consumed_clicks=2)
    assert changes.apply(change("max_clicks"), used, NOW).consumed_clicks == 0
    assert changes.apply(change("max_clicks", max_clicks=9), used, NOW).consumed_clicks == 2


def test_expired_link_can_change_otherwise() -> None:
    """An expire time that stays may be past; a new one may not."""
    expired = link(fields=replace(FIELDS, expire_time=EARLIER))
    assert changes.apply(change("title", title="new"), expired, NOW).fields.title == "new"
    same = change("title", "expire_time", title="new", expire_time=EARLIER)
    assert changes.apply(same, expired, NOW).fields.title == "new"
    with pytest.raises(InvalidArgument):
        changes.apply(change("expire_time", expire_time=EARLIER + timedelta(seconds=1)), expired, NOW)


def test_password_changes_only_when_named() -> None:
    """Naming the password without one takes it away."""
    locked = link(password=StoredPassword("hash", "v1"))
    assert changes.apply(change("title", title="new"), locked, NOW).password == StoredPassword("hash", "v1")
    assert changes.apply(change("password"), locked, NOW).password is None


@pytest.mark.parametrize("path", ["code", "domain", "link_id", "disabled", "etag", "nonsense", ""])
def test_mask_with_other_fields_is_refused(path: str) -> None:
    """Only fields that an update can change may be named."""
    with pytest.raises(InvalidArgument) as caught:
        changes.check_mask(frozenset({"title", path}))
    assert caught.value.field == "update_mask"


@pytest.mark.parametrize("believed", [{"code": "other"}, {"domain": "other.example"}])
def test_code_and_domain_cannot_change(believed: dict[str, str]) -> None:
    """A client that sends another code or domain is told so."""
    with pytest.raises(InvalidArgument):
        changes.apply(replace(change("title"), **believed), link(), NOW)  # type: ignore[arg-type]


def test_tombstone_forgets_what_people_wrote() -> None:
    """Of a deleted link its code stays, and nothing that anybody wrote."""
    buried = link(fields=replace(FIELDS, title="t", note="n"), password=StoredPassword("h", "v")).buried(NOW)
    assert buried.deleted
    assert buried.code == "abc"
    assert buried.fields == LinkFields(destination="")
    assert buried.password is None


def test_reach_of_owner_and_of_edit_token() -> None:
    """An owner reaches the own links, an edit token its one link, nobody a deleted one."""
    assert Reach(2, 0).covers(link())
    assert Reach(0, 7).covers(link())
    for reach in (Reach(3, 0), Reach(0, 8), Reach(2, 8), Reach(0, 0)):
        assert not reach.covers(link())
    assert not Reach(2, 0).covers(link().buried(NOW))
    assert not Reach(2, 0).covers(None)
