"""Forms as browsers and programs send them, urlencoded or multipart: what holds no text is refused, never guessed."""

from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from typing import Final
from urllib.parse import parse_qsl

from google.api.httpbody_pb2 import HttpBody

_MULTIPART: Final = "multipart/form-data"
# Bytes that are not UTF-8 become characters that no text has, so that the field can be named that holds them.
_MARKED: Final = "surrogateescape"

# Names with values, in the order of the form; a name may come again.
Pairs = list[tuple[str, str]]


class UnreadableForm(ValueError):
    """A form that cannot be read as what was meant; with the name of the field, empty when it is the whole form."""

    def __init__(self, field: str = "") -> None:
        super().__init__(field)
        self.field = field


def read(body: HttpBody, *, most_fields: int) -> Pairs:
    """Return the pairs of a form by its content type; fields without a value are kept, and files are passed over.

    Raises UnreadableForm for bytes that are not in the form's encoding, a form that was cut off, and too many fields.
    """
    if not body.data:
        return []
    if body.content_type.lower().startswith(_MULTIPART):
        return _multipart(body, most_fields)
    return urlencoded(body.data, most_fields=most_fields)


def urlencoded(data: bytes, *, most_fields: int) -> Pairs:
    """Return pairs of names and values, of a form or a query; raise UnreadableForm as read() does."""
    text = data.decode(errors=_MARKED)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=most_fields, errors=_MARKED)
    except ValueError:
        raise UnreadableForm from None
    return [(checked(name), checked(value, field=name)) for name, value in pairs]


def checked(text: str, *, field: str = "") -> str:
    """Return a text as it is; raise UnreadableForm, naming the field, for what is no character, and for NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnreadableForm(field) from None
    if "\0" in text:
        raise UnreadableForm(field)
    return text


def _multipart(body: HttpBody, most_fields: int) -> Pairs:
    head = f"Content-Type: {body.content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("ascii", "replace")
    message = BytesParser(EmailMessage, policy=policy.HTTP).parsebytes(head + body.data)
    if message.defects or not message.is_multipart():
        raise UnreadableForm
    pairs = [pair for part in message.iter_parts() for pair in _field(part)]
    if len(pairs) > most_fields:
        raise UnreadableForm
    return pairs


def _field(part: MIMEPart) -> Pairs:
    name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
    if not isinstance(name, str) or not isinstance(content, bytes) or part.get_filename():
        return []
    try:
        return [(checked(name), checked(content.decode(part.get_content_charset("utf-8")), field=name))]
    except (UnicodeDecodeError, LookupError):
        raise UnreadableForm(name) from None
