"""The one way to refuse with a response of a dialect's own."""

from gateway.compat.shared.http_metadata import ErrorResponse
from services.common.errors import LinkmeterError


class Refusal(Exception):
    """A call that is refused: gRPC callers get the cause, HTTP callers the response."""

    def __init__(self, cause: LinkmeterError, response: ErrorResponse) -> None:
        super().__init__(cause.description)
        self.cause = cause
        self.response = response
