"""Forms: urlencoded and multipart, in UTF-8 or refused."""

import pytest
from google.api.httpbody_pb2 import HttpBody

from gateway.compat.shared import forms
from gateway.compat.shared.forms import UnreadableForm

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


def part(name: str, content: bytes, head: str = "") -> bytes:
    """Write a part of a multipart form."""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n{head}\r\n'.encode() + content + b"\r\n"


def read(content_type: str, data: bytes) -> forms.Pairs:
    """Read a form of at most three fields."""
    return forms.read(HttpBody(content_type=content_type, data=data), most_fields=3)


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        (URLENCODED, b"url=https%3A%2F%2Fe.com%2Fcaf%C3%A9&a=&url=2"),
        (f"{URLENCODED}; charset=UTF-8", "url=https://e.com/café&a=&url=2".encode()),
        ("", b"url=https://e.com/caf%c3%a9&a=&url=2"),
        (MULTIPART, part("url", "https://e.com/café".encode()) + part("a", b"") + part("url", b"2") + b"--x--\r\n"),
        (
            MULTIPART,
            part("url", "https://e.com/café".encode("latin-1"), "Content-Type: text/plain; charset=ISO-8859-1\r\n")
            + part("a", b"")
            + part("url", b"2")
            + b"--x--\r\n",
        ),
    ],
)
def test_forms_in_every_spelling(content_type: str, data: bytes) -> None:
    """Percent-encoded or not, in parts with a character set of their own or without."""
    assert read(content_type, data) == [("url", "https://e.com/café"), ("a", ""), ("url", "2")]


@pytest.mark.parametrize(
    ("content_type", "data", "field"),
    [
        (URLENCODED, b"a=1&url=http%3A%2F%2Fe.com%2Fcaf%E9", "url"),
        (URLENCODED, b"a=1&url=http://e.com/caf\xe9", "url"),
        (URLENCODED, b"password=%ff", "password"),
        # Half a character, overlong, and a surrogate.
        (URLENCODED, b"url=%C3", "url"),
        (URLENCODED, b"url=%C0%AF", "url"),
        (URLENCODED, b"url=%ED%A0%80", "url"),
        (URLENCODED, b"\xff=1", ""),
        (URLENCODED, b"a=&b=&c=&d=", ""),
        (MULTIPART, part("url", b"caf\xe9") + b"--x--\r\n", "url"),
        (MULTIPART, part("url", b"caf\xe9", "Content-Type: text/plain; charset=nonsense\r\n") + b"--x--\r\n", "url"),
        (MULTIPART, b"".join(part(name, b"") for name in "abcd") + b"--x--\r\n", ""),
        # Cut off: what is there may be half of what was meant.
        (MULTIPART, part("url", b"https://e.com/half"), ""),
        (MULTIPART, b"\0" * 100, ""),
        ("multipart/form-data", part("url", b"1") + b"--x--\r\n", ""),
    ],
)
def test_what_is_not_what_was_meant_is_refused(content_type: str, data: bytes, field: str) -> None:
    """Bytes that are not UTF-8 in names or values, too many fields, parts that were cut off; with the field's name."""
    with pytest.raises(UnreadableForm) as refused:
        read(content_type, data)
    assert refused.value.field == field


def test_files_are_passed_over() -> None:
    """A file's bytes are no text, and need not be."""
    file = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n\xff\r\n'
    assert read(MULTIPART, file + part("url", b"1") + b"--x--\r\n") == [("url", "1")]
