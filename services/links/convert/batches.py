"""Between the contract's messages and what is asked of many links."""

from collections.abc import Sequence
from typing import Final

from google.rpc import status_pb2

from linkmeter.links.v1 import link_service_pb2 as pb
from services.common.errors import LinkmeterError
from services.links.code_check import CodeState
from services.links.domain.batches import BatchChange
from services.links.domain.link import Link
from services.runtime import rpc_errors

_CODE_STATES: Final = {
    CodeState.AVAILABLE: pb.CODE_STATE_AVAILABLE,
    CodeState.TAKEN: pb.CODE_STATE_TAKEN,
    CodeState.RESERVED: pb.CODE_STATE_RESERVED,
    CodeState.INVALID: pb.CODE_STATE_INVALID,
}


def batch_change(request: pb.BatchUpdateLinksRequest) -> BatchChange:
    """Read what shall become of each link."""
    return BatchChange(
        add_tags=tuple(request.add_tags),
        remove_tags=frozenset(request.remove_tags),
        archived=request.archived if request.HasField("archived") else None,
        disabled=request.disabled if request.HasField("disabled") else None,
        deletes=request.delete,
    )


def batch_results(link_ids: Sequence[int], outcomes: Sequence[Link | LinkmeterError]) -> pb.BatchUpdateLinksResponse:
    """Write what became of each link."""
    return pb.BatchUpdateLinksResponse(results=map(_result, link_ids, outcomes))


def _result(link_id: int, outcome: Link | LinkmeterError) -> pb.BatchUpdateLinksResult:
    if isinstance(outcome, LinkmeterError):
        return pb.BatchUpdateLinksResult(link_id=link_id, status=rpc_errors.status_of(outcome))
    etag = "" if outcome.deleted else outcome.etag
    return pb.BatchUpdateLinksResult(link_id=link_id, status=status_pb2.Status(), etag=etag)


def code_message(state: CodeState, reason: str) -> pb.CheckLinkCodeResponse:
    """Write whether a code can be given."""
    return pb.CheckLinkCodeResponse(state=_CODE_STATES[state], reason=reason)
