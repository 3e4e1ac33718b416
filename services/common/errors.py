"""The errors that callers can understand: domain → status and back happens in rpc_errors."""

from typing import Final

# More says nothing more: who sends a name of 70 KB does not need it back, and headers that hold it have bounds.
_LONGEST_TEXT: Final = 500


class LinkmeterError(Exception):
    """An expected failure, with a machine-readable reason and facts that the caller may see.

    Texts may repeat what the caller has sent, and are cut to a bearable length.
    """

    reason = "UNKNOWN"

    def __init__(self, description: str, **metadata: str) -> None:
        self.description = _cut(description)
        self.metadata = {name: _cut(value) for name, value in metadata.items()}
        super().__init__(self.description)


class InvalidArgument(LinkmeterError):
    """A field of the request breaks its bounds, whatever the state of the system."""

    reason = "INVALID_ARGUMENT"

    def __init__(self, field: str, description: str, *, reason: str | None = None) -> None:
        super().__init__(f"{field}: {description}" if field else description)
        self.field = _cut(field)
        self.problem = _cut(description)
        self.reason = reason or self.reason


class NotFound(LinkmeterError):
    """The thing is absent, deleted or not the caller's: always the same answer."""

    reason = "NOT_FOUND"

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f"{kind} not found: {name}", kind=kind)


class AlreadyExists(LinkmeterError):
    """The name is or was taken."""

    reason = "ALREADY_EXISTS"

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f"{kind} is taken: {name}", kind=kind)


class FailedPrecondition(LinkmeterError):
    """The request does not fit the state of the system."""

    reason = "FAILED_PRECONDITION"


class Aborted(LinkmeterError):
    """Somebody else changed the thing meanwhile."""

    reason = "ABORTED"


class Unauthenticated(LinkmeterError):
    """The credential is missing, unknown, revoked or expired: always the same answer."""

    reason = "UNAUTHENTICATED"

    def __init__(self, description: str = "a valid API key or edit token is required") -> None:
        super().__init__(description)


class PermissionDenied(LinkmeterError):
    """The caller is known and may not do this."""

    reason = "PERMISSION_DENIED"


class _Retryable(LinkmeterError):
    """May work later."""

    def __init__(self, description: str, retry_after_seconds: int = 1) -> None:
        super().__init__(description)
        self.retry_after_seconds = max(1, retry_after_seconds)


class ResourceExhausted(_Retryable):
    """A limit is reached."""

    reason = "RESOURCE_EXHAUSTED"


class Unavailable(_Retryable):
    """Something that is needed is down just now."""

    reason = "UNAVAILABLE"


class DeadlineExceeded(_Retryable):
    """There was no time left to answer."""

    reason = "DEADLINE_EXCEEDED"


class Internal(LinkmeterError):
    """A fault of ours; the description holds a request id at most."""

    reason = "INTERNAL"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
