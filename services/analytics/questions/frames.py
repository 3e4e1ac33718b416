"""Messages between the service and the process that answers its questions: ours alone, so they are pickled."""

import asyncio
import pickle
import struct
from dataclasses import dataclass
from typing import Any, Final

from services.common.errors import LinkmeterError

_LENGTH: Final = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Call:
    """A method of the engine that is to be called; the number names the call in both directions."""

    number: int
    method: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody waits for a call any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call returned."""

    number: int
    value: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """The error that a call raised, of the kinds that callers understand."""

    number: int
    kind: type[LinkmeterError]
    arguments: tuple[Any, ...]
    attributes: dict[str, Any]

    @classmethod
    def of(cls, number: int, error: LinkmeterError) -> "Refusal":
        """Return the message for an error."""
        return cls(number, type(error), error.args, dict(vars(error)))

    def error(self) -> LinkmeterError:
        """Return the error as it was raised."""
        error = self.kind.__new__(self.kind, *self.arguments)
        error.args = self.arguments
        vars(error).update(self.attributes)
        return error


@dataclass(frozen=True, slots=True)
class Failure:
    """A call ended with an error that nobody expected; the process has logged it."""

    number: int
    what: str


def write(writer: asyncio.StreamWriter, message: object) -> None:
    """Send a message."""
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    writer.write(_LENGTH.pack(len(content)) + content)


async def read(reader: asyncio.StreamReader) -> Any:
    """Receive a message; raise EOFError (asyncio.IncompleteReadError) when the other side is gone."""
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return pickle.loads(await reader.readexactly(length))  # noqa: S301 - from a process that we have started
