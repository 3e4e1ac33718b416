"""JSON logs: the event's name first, values as fields. Never an IP, token, password or whole destination."""

import json
import logging
import sys
import time
import traceback
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
    """Answer the logger of a part, usually the module's name."""
    return Logger(name)


def configure(service: str, level: str = "INFO") -> None:
    """Send all logs of this process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter(service))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())


class _JsonFormatter(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "event": record.getMessage(),
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
        }
        if current := request_id.current():
            line["request_id"] = current
        line.update(getattr(record, _FIELDS, {}))
        if record.exc_info:
            line["stack"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, default=str, ensure_ascii=False)
