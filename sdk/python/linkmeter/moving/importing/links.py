"""Write the planned links."""

from collections.abc import Callable
from typing import Final

from linkmeter.links.v1 import import_service_pb2
from linkmeter.moving.importing.link_batches import in_batches
from linkmeter.moving.importing.server import ImportServer
from linkmeter.moving.importing.state import Outcome, PlannedLink, State
from linkmeter.moving.importing.tally import Tally

_TO_WRITE: Final = (Outcome.CREATE, Outcome.ATTACH, Outcome.SAME)


def write_links(
    server: ImportServer, import_id: int, state: State, *, refused: Tally, advance: Callable[[int], None]
) -> None:
    """Create what was planned to be created, and attach the history of what is there.

    A link that somebody got in the way of since the plan was made is left out, and counted among the refused.
    """
    for batch in in_batches(state.links(*_TO_WRITE)):
        messages = [import_service_pb2.ImportedLink.FromString(link.message) for link in batch]
        results = server.import_links(import_id, messages, validate_only=False)
        for link, result in zip(batch, results, strict=True):
            _note(link, result, refused)
        state.save(batch)
        advance(len(batch))
    state.share_ids()


def delete_again(server: ImportServer, state: State) -> None:
    """Delete those links that were deleted at the origin, too, now that their clicks are there."""
    for link in state.links(Outcome.CREATE, Outcome.SAME):
        if link.is_deleted and link.link_id:
            server.delete_link(link.link_id)


def _note(link: PlannedLink, result: import_service_pb2.ImportLinkResult, refused: Tally) -> None:
    link.link_id = result.link_id
    match result.outcome:
        case import_service_pb2.IMPORT_LINK_OUTCOME_CODE_TAKEN:
            link.outcome = Outcome.SKIP
            refused.add("CODE_TAKEN_MEANWHILE", f"{link.place}, code {link.code}", result.message)
        case import_service_pb2.IMPORT_LINK_OUTCOME_REFUSED:
            link.outcome = Outcome.REFUSE
            refused.add(result.reason or "REFUSED", f"{link.place}, code {link.code}", result.message)
        case _:
            return
