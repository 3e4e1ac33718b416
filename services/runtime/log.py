"""Logs: an event's name, and values as fields. Never an IP, token, password or whole destination."""

import json
import logging
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Final

from services.runtime import request_id

_FIELDS: Final = "linkmeter_fields"


class Logger:
    """Writes events of one part of a service."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **fields: object) -> None:
        """Write what only its developer wants to know."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: object) -> None:
        """Write what an operator may want to know."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Write what an operator should look at some day."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Write what an operator must look at."""
        self._write(logging.ERROR, event, fields)

    def failure(self, event: str, error: BaseException, **fields: object) -> None:
        """Write an unexpected exception with its stack."""
        self._logger.log(logging.ERROR, event, exc_info=error, extra={_FIELDS: fields})

    def _write(self, level: int, event: str, fields: dict[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, extra={_FIELDS: fields})


def get(name: str) -> Logger:
    """Return the logger of a part, usually the module's name."""
    return Logger(name)


def configure(service: str, level: str = "INFO", form: str = "json") -> None:
    """Send all logs of this process to stderr, in one of the forms of FORMATTERS."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FORMATTERS[form](service))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())


class _Formatter(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    @staticmethod
    def _fields(record: logging.LogRecord) -> dict[str, object]:
        fields = dict(getattr(record, _FIELDS, {}))
        if current := request_id.current():
            fields = {"request_id": current, **fields}
        return fields

    @staticmethod
    def _stack(record: logging.LogRecord) -> str:
        return "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""


class _JsonFormatter(_Formatter):
    """One JSON object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "event": record.getMessage(),
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            **self._fields(record),
        }
        if stack := self._stack(record):
            line["stack"] = stack
        return json.dumps(line, default=str, ensure_ascii=False)


class _TextFormatter(_Formatter):
    """A line to read at a terminal: time in UTC, level, service, event, then the fields; a stack below it."""

    def format(self, record: logging.LogRecord) -> str:
        clock = time.strftime("%H:%M:%S", time.gmtime(record.created))
        # As JSON, so that no value can begin a line or pass for another field.
        fields = [f"{key}={json.dumps(value, default=str)}" for key, value in self._fields(record).items()]
        event = json.dumps(record.getMessage(), ensure_ascii=False)[1:-1]
        line = " ".join([clock, f"{record.levelname:7}", f"{self._service:9}", event, *fields])
        return f"{line}\n{self._stack(record)}".rstrip()


FORMATTERS: Final[Mapping[str, type[_Formatter]]] = {"json": _JsonFormatter, "text": _TextFormatter}
