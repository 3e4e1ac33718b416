"""S8, S9: imports need a scope of their own, and an account's imports are nobody else's."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from linkmeter.links.v1 import import_service_pb2 as pb
from services.common import errors
from tests.support.clock import FakeClock
from tests.support.imports import Moving, old_clicks, old_link, running_moving
from tests.support.links_service import Metadata, bearer

Operation = Callable[[Moving, int, Metadata], Awaitable[object]]
OPERATIONS: dict[str, Operation] = {
    "get": lambda moving, number, who: moving.get(number, who),
    "links": lambda moving, number, who: moving.bring_links(number, old_link("a"), metadata=who),
    "dry links": lambda moving, number, who: moving.bring_links(number, old_link("a"), dry=True, metadata=who),
    "clicks": lambda moving, number, who: moving.bring_clicks(
        number, *old_clicks("a", moving.clock.now()), metadata=who
    ),
    "dry clicks": lambda moving, number, who: moving.bring_clicks(
        number, *old_clicks("a", moving.clock.now()), dry=True, metadata=who
    ),
    "finish": lambda moving, number, who: moving.links.imports.FinishImport(
        pb.FinishImportRequest(import_id=number), metadata=who
    ),
    "undo": lambda moving, number, who: moving.undo(number, who),
}
ALL_OPERATIONS: dict[str, Operation] = {
    **OPERATIONS,
    "create": lambda moving, _, who: moving.begin(metadata=who),
    "list": lambda moving, _, who: moving.links.imports.ListImports(pb.ListImportsRequest(), metadata=who),
}


@pytest.fixture
async def moving(linkmeter_database: str, valkey_url: str, clock: FakeClock) -> AsyncIterator[Moving]:
    """Run both services with a clock that only the test moves."""
    async with running_moving(linkmeter_database, valkey_url, clock) as running:
        yield running


async def test_s08_another_accounts_import_is_as_one_that_is_not_there(moving: Moving) -> None:
    """Whatever is asked of it; and nothing has happened to it."""
    found = await moving.begin()
    stranger = bearer(await moving.links.foreign_key("admin"))
    for operation in OPERATIONS.values():
        refusals = []
        for import_id in (found.import_id, found.import_id + 1):
            with pytest.raises(errors.NotFound) as refused:
                await operation(moving, import_id, stranger)
            refusals.append(refused.value.description.replace(str(import_id), "N"))
        assert refusals[0] == refusals[1]
    listed = await moving.links.imports.ListImports(pb.ListImportsRequest(), metadata=stranger)
    assert not listed.imports
    assert await moving.get(found.import_id) == found
    # A page token of one account's list is none of another's.
    await moving.begin("https://second.example")
    page = await moving.links.imports.ListImports(
        pb.ListImportsRequest(page_size=1), metadata=bearer((await moving.links.key("links:import")).secret)
    )
    assert page.next_page_token
    with pytest.raises(errors.InvalidArgument, match="page_token"):
        await moving.links.imports.ListImports(
            pb.ListImportsRequest(page_token=page.next_page_token), metadata=stranger
        )


async def test_s09_every_call_needs_the_scope(moving: Moving) -> None:
    """No other scope is enough, an edit token is not, and who has no credential is nobody."""
    found = await moving.begin()
    others = bearer(
        (await moving.links.key("links:read", "links:write", "stats:read", "keys:manage", "domains:manage")).secret
    )
    token = bearer((await moving.links.create_with_token()).edit_token)
    enough = bearer((await moving.links.key("links:import")).secret)
    for operation in ALL_OPERATIONS.values():
        for who in (others, token):
            with pytest.raises(errors.PermissionDenied):
                await operation(moving, found.import_id, who)
        for nobody in (bearer("lm_" + "x" * 43), ()):
            with pytest.raises(errors.Unauthenticated):
                await operation(moving, found.import_id, nobody)
    for operation in ALL_OPERATIONS.values():
        if operation is not ALL_OPERATIONS["undo"]:
            await operation(moving, found.import_id, enough)
    await moving.undo(found.import_id, enough)
