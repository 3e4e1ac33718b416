"""Errors of other services."""

import grpc
import pytest

from services.common import errors
from services.runtime import rpc_errors


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.UNIMPLEMENTED, errors.Unavailable),
        (grpc.StatusCode.UNAVAILABLE, errors.Unavailable),
        (grpc.StatusCode.NOT_FOUND, errors.NotFound),
        (grpc.StatusCode.DATA_LOSS, errors.Internal),
    ],
)
def test_a_status_is_an_error_of_ours(code: grpc.StatusCode, kind: type[errors.LinkmeterError]) -> None:
    """A service that does not know a call yet is one that is not there yet."""
    error = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), details="x")
    assert type(rpc_errors.error_of(error)) is kind
