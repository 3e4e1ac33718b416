"""What became of the links of a call, as spoo.me writes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.compat.shared import json_values
from linkmeter.compat.spoo.v1 import bulk_service_pb2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of the links of a bulk call."""

    url_id: str
    # Empty when it is no link of the caller's.
    alias: str = ""
    # Empty when it went well.
    error_code: str = ""
    error: str = ""


def response(outcomes: Sequence[Outcome]) -> bulk_service_pb2.BulkResponse:
    """Render what became of the links of a bulk call."""
    failed = sum(bool(outcome.error_code) for outcome in outcomes)
    return bulk_service_pb2.BulkResponse(
        summary=bulk_service_pb2.BulkSummary(total=len(outcomes), succeeded=len(outcomes) - failed, failed=failed),
        results=[
            bulk_service_pb2.BulkResult(
                id=outcome.url_id,
                alias=json_values.text_or_null(outcome.alias),
                ok=not outcome.error_code,
                error_code=json_values.text_or_null(outcome.error_code),
                error=json_values.text_or_null(outcome.error),
            )
            for outcome in outcomes
        ],
    )
