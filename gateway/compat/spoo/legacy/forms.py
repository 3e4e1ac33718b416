"""The forms of spoo.me's first API."""

from typing import Final

from google.api.httpbody_pb2 import HttpBody

from gateway.compat.shared import forms
from gateway.compat.shared.http_metadata import Context
from gateway.compat.spoo.legacy import errors

_MOST_FIELDS: Final = 100
_ACCEPT: Final = "accept"
_JSON: Final = "application/json"
# Which kind of error a field is about.
_KINDS: Final = {
    "url": errors.URL,
    "alias": errors.ALIAS,
    "emojies": errors.EMOJI,
    "password": errors.PASSWORD,
    "max-clicks": errors.MAX_CLICKS,
}

Form = dict[str, str]


def read(body: HttpBody) -> Form:
    """Return a form by name; of several values the first that is not empty counts.

    Raises Refusal, 400, for a form that cannot be read.
    """
    try:
        pairs = forms.read(body, most_fields=_MOST_FIELDS)
    except forms.UnreadableForm as problem:
        about = f"{problem.field} is no text in UTF-8" if problem.field in _KINDS else "The form cannot be read"
        raise errors.wrong(_KINDS.get(problem.field, errors.FORM), about) from None
    form: Form = {}
    for name, value in pairs:
        if value:
            form.setdefault(name, value)
    return form


def accepts_json(context: Context) -> bool:
    """Return whether the client wants JSON rather than a page."""
    return any(
        name == _ACCEPT and isinstance(value, str) and _JSON in value.lower()
        for name, value in context.invocation_metadata() or ()
    )
