"""What can go wrong, as exceptions: one for each kind of failure, with what the server says about it."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Protocol

import grpc
from google.rpc import error_details_pb2, status_pb2

_DETAILS_KEY: Final = "grpc-status-details-bin"
_REQUEST_ID_KEY: Final = "x-request-id"


class LinkmeterError(Exception):
    """A call that failed. Everything that this package raises on purpose is one of these.

    Attributes:
        message: What happened, for people.
        reason: What happened, for programs: upper case, for instance NOT_FOUND or CODE_TAKEN.
        metadata: Facts that belong to the reason, by name.
        request_id: Names the request in the server's logs; empty when no server answered.
        retry_after: Seconds after which the server suggests to try again; None when it suggests nothing.

    """

    default_reason: ClassVar[str] = "UNKNOWN"

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or self.default_reason
        self.metadata = dict(metadata or {})
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.message} (request {self.request_id})" if self.request_id else self.message


class InvalidArgument(LinkmeterError):
    """Something that was given breaks its bounds. Sending it again will not help.

    Attributes:
        field: Which field of the request; empty when it is about the whole.

    """

    default_reason = "INVALID_ARGUMENT"

    def __init__(self, message: str, *, field: str = "", **details: Any) -> None:
        super().__init__(message, **details)
        self.field = field


class NotFound(LinkmeterError):
    """The thing is absent, deleted or somebody else's: always the same answer."""

    default_reason = "NOT_FOUND"


class AlreadyExists(LinkmeterError):
    """The name is or was taken."""

    default_reason = "ALREADY_EXISTS"


class FailedPrecondition(LinkmeterError):
    """The request does not fit the state of the system, for instance a domain that still has links."""

    default_reason = "FAILED_PRECONDITION"


class Aborted(LinkmeterError):
    """Somebody else changed the thing meanwhile: its etag is not the one that was sent."""

    default_reason = "ABORTED"


class Unauthenticated(LinkmeterError):
    """The API key is missing, unknown, revoked or expired: always the same answer."""

    default_reason = "UNAUTHENTICATED"


class PermissionDenied(LinkmeterError):
    """The API key is known and may not do this: it lacks a scope."""

    default_reason = "PERMISSION_DENIED"


class RateLimited(LinkmeterError):
    """A limit is reached: requests in a time, or how many of a kind an account may have.

    With `retry_after` it passes by itself after so many seconds.
    """

    default_reason = "RESOURCE_EXHAUSTED"


class Unavailable(LinkmeterError):
    """The server cannot be reached, or something that it needs is down just now. May work later."""

    default_reason = "UNAVAILABLE"


class DeadlineExceeded(LinkmeterError):
    """There was no answer within the time that the client allows. Whether the call was carried out is not known."""

    default_reason = "DEADLINE_EXCEEDED"


class Unimplemented(LinkmeterError):
    """The server does not know this call: it is older than this package, or no Linkmeter at all."""

    default_reason = "UNIMPLEMENTED"


class Internal(LinkmeterError):
    """A fault of the server's. `request_id` finds it in the logs."""

    default_reason = "INTERNAL"


_KINDS: Final[dict[grpc.StatusCode, type[LinkmeterError]]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidArgument,
    grpc.StatusCode.OUT_OF_RANGE: InvalidArgument,
    grpc.StatusCode.NOT_FOUND: NotFound,
    grpc.StatusCode.ALREADY_EXISTS: AlreadyExists,
    grpc.StatusCode.FAILED_PRECONDITION: FailedPrecondition,
    grpc.StatusCode.ABORTED: Aborted,
    grpc.StatusCode.UNAUTHENTICATED: Unauthenticated,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDenied,
    grpc.StatusCode.RESOURCE_EXHAUSTED: RateLimited,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
    grpc.StatusCode.UNIMPLEMENTED: Unimplemented,
    grpc.StatusCode.INTERNAL: Internal,
}


class FailedCall(Protocol):
    """What gRPC raises, by its synchronous and by its asynchronous kind."""

    def code(self) -> grpc.StatusCode:
        """Return the status."""

    def details(self) -> str | None:
        """Return its message."""

    def initial_metadata(self) -> Any:
        """Return the headers of the answer."""

    def trailing_metadata(self) -> Any:
        """Return the trailers of the answer."""


def error_of(failed: FailedCall) -> LinkmeterError:
    """Turn what gRPC raised into the error that the server meant."""
    metadata = dict([*(failed.initial_metadata() or ()), *(failed.trailing_metadata() or ())])
    info, retry, bad_request = _details(metadata.get(_DETAILS_KEY, b""))
    message = failed.details() or failed.code().name
    common: dict[str, Any] = {
        "reason": info.reason or failed.code().name,
        "metadata": dict(info.metadata),
        "request_id": metadata.get(_REQUEST_ID_KEY, ""),
        "retry_after": retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None,
    }
    kind = _KINDS.get(failed.code(), LinkmeterError)
    if kind is InvalidArgument:
        violations = bad_request.field_violations
        return InvalidArgument(message, field=violations[0].field if violations else "", **common)
    return kind(message, **common)


def _details(packed: bytes) -> tuple[Any, Any, Any]:
    messages = (error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo(), error_details_pb2.BadRequest())
    for detail in status_pb2.Status.FromString(packed).details:
        for message in messages:
            detail.Unpack(message)
    return messages
