"""Forms: urlencoded or multipart."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Final
from urllib.parse import parse_qsl

from google.api.httpbody_pb2 import HttpBody

from gateway.compat.shared.http_metadata import Context

_MOST_FIELDS: Final = 100
_ACCEPT: Final = "accept"
_JSON: Final = "application/json"

Form = dict[str, str]


def read(body: HttpBody) -> Form:
    """Read a form; what cannot be read is an empty one. Of several values of a name the first counts."""
    content_type = body.content_type.lower()
    pairs = _multipart(body) if content_type.startswith("multipart/form-data") else _urlencoded(body)
    form: Form = {}
    for name, value in pairs:
        form.setdefault(name, value)
    return form


def accepts_json(context: Context) -> bool:
    """Say whether the client wants JSON rather than a page."""
    return any(
        name == _ACCEPT and isinstance(value, str) and _JSON in value.lower()
        for name, value in context.invocation_metadata() or ()
    )


def _urlencoded(body: HttpBody) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.data.decode(), max_num_fields=_MOST_FIELDS)
    except ValueError:
        # Not UTF-8, or far too many.
        return []


def _multipart(body: HttpBody) -> list[tuple[str, str]]:
    head = f"Content-Type: {body.content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("ascii", "replace")
    message = BytesParser(EmailMessage, policy=policy.HTTP).parsebytes(head + body.data)
    pairs = []
    for part in message.iter_parts() if message.is_multipart() else ():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and not part.get_filename():
            pairs.append((name, content.decode("utf-8", "replace")))
    return pairs[:_MOST_FIELDS]
