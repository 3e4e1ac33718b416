"""Translate errors to gRPC statuses with details, and back."""

from typing import Final

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2

from services.common import errors

DOMAIN: Final = "linkmeter"
STATUS_DETAILS_KEY: Final = "grpc-status-details-bin"

_CODES: Final[dict[type[errors.LinkmeterError], grpc.StatusCode]] = {
    errors.InvalidArgument: grpc.StatusCode.INVALID_ARGUMENT,
    errors.NotFound: grpc.StatusCode.NOT_FOUND,
    errors.AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    errors.FailedPrecondition: grpc.StatusCode.FAILED_PRECONDITION,
    errors.Aborted: grpc.StatusCode.ABORTED,
    errors.Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    errors.PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
    errors.ResourceExhausted: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.Unavailable: grpc.StatusCode.UNAVAILABLE,
    errors.DeadlineExceeded: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.Internal: grpc.StatusCode.INTERNAL,
}


def code_of(error: errors.LinkmeterError) -> grpc.StatusCode:
    """Return which status an error becomes."""
    return _CODES.get(type(error), grpc.StatusCode.UNKNOWN)


def status_of(error: errors.LinkmeterError) -> status_pb2.Status:
    """Build the rich status of an error: ErrorInfo always, BadRequest and RetryInfo where they apply."""
    code = code_pb2.Code.Value(code_of(error).name)
    status = status_pb2.Status(code=code, message=error.description)
    _add(status, error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata))
    if isinstance(error, errors.InvalidArgument):
        violation = error_details_pb2.BadRequest.FieldViolation(field=error.field, description=error.problem)
        _add(status, error_details_pb2.BadRequest(field_violations=[violation]))
    if isinstance(error, errors.ResourceExhausted | errors.Unavailable | errors.DeadlineExceeded):
        delay = Duration(seconds=error.retry_after_seconds)
        _add(status, error_details_pb2.RetryInfo(retry_delay=delay))
    return status


def error_of(rpc_error: grpc.aio.AioRpcError) -> errors.LinkmeterError:
    """Turn what another service answered back into the error that it raised."""
    status = _status_in(rpc_error)
    info = error_details_pb2.ErrorInfo()
    retry = error_details_pb2.RetryInfo()
    bad_request = error_details_pb2.BadRequest()
    for detail in status.details:
        for message in (info, retry, bad_request):
            detail.Unpack(message)
    error = _rebuild(rpc_error.code(), rpc_error.details() or "", bad_request, retry)
    if info.reason:
        error.reason = info.reason
        error.metadata = dict(info.metadata)
    return error


def _rebuild(
    code: grpc.StatusCode,
    description: str,
    bad_request: error_details_pb2.BadRequest,
    retry: error_details_pb2.RetryInfo,
) -> errors.LinkmeterError:
    kind = next((kind for kind, known in _CODES.items() if known is code), errors.Internal)
    if code is grpc.StatusCode.UNIMPLEMENTED:
        # A program of an older version, which is about to be replaced: it will be there in a moment.
        kind = errors.Unavailable
    error = kind.__new__(kind)
    errors.LinkmeterError.__init__(error, description)
    if isinstance(error, errors.InvalidArgument):
        violations = bad_request.field_violations
        error.field = violations[0].field if violations else ""
        error.problem = violations[0].description if violations else description
    if isinstance(error, errors.ResourceExhausted | errors.Unavailable | errors.DeadlineExceeded):
        error.retry_after_seconds = max(1, retry.retry_delay.seconds)
    return error


def _status_in(rpc_error: grpc.aio.AioRpcError) -> status_pb2.Status:
    for key, value in rpc_error.trailing_metadata() or ():
        if key == STATUS_DETAILS_KEY and isinstance(value, bytes):
            return status_pb2.Status.FromString(value)
    return status_pb2.Status()


def _add(
    status: status_pb2.Status,
    detail: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest | error_details_pb2.RetryInfo,
) -> None:
    packed = AnyMessage()
    packed.Pack(detail)
    status.details.append(packed)
