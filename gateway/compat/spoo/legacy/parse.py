"""From the forms of spoo.me's first API to links."""

import secrets
from typing import Final

from gateway.compat.spoo.legacy import errors
from gateway.compat.spoo.legacy.errors import wrong
from gateway.compat.spoo.legacy.forms import Form
from gateway.compat.spoo.urls import parse
from linkmeter.links.v1 import links_pb2
from services.common import emoji_codes

FORMATS: Final = ("json", "csv", "xlsx", "xml")

_LONGEST_ALIAS: Final = 16
# Sixty-four that every device draws, and nobody takes offence at.
PLAIN_EMOJIS: Final = [chr(number) for number in (*range(0x1F400, 0x1F430), *range(0x1F345, 0x1F355))]
_RANDOM_EMOJIS: Final = 6


def new_link(form: Form) -> links_pb2.Link:
    """Return the link that a form describes, but for its code; raise Refusal, 400, for what will not do."""
    if not form.get("url"):
        raise wrong(errors.URL, "URL is required")
    password = form.get("password", "")
    if password and not parse.is_good_password(password):
        text = (
            "Invalid password, password must be atleast 8 characters long, must contain a letter and a number and a "
            "special character either '@' or '.' and cannot be consecutive"
        )
        raise wrong(errors.PASSWORD, text)
    return links_pb2.Link(
        destination=form["url"],
        password=password,
        max_clicks=_max_clicks(form.get("max-clicks", "")),
        # A box that was ticked, whatever it says, as on the real service; but false is what a program means by it.
        block_bots=form.get("block-bots", "").lower() not in {"", "false", "0"},
    )


def alias(form: Form) -> str:
    """Return the wanted code, cut to 16 characters as the real service does; empty for a random one.

    Raises Refusal, 400, for what is no code.
    """
    text = form.get("alias", "")
    if not text:
        return ""
    if parse.alias_problem(text[:_LONGEST_ALIAS]) or not text.isascii():
        raise wrong(errors.ALIAS, "Invalid Alias")
    return text[:_LONGEST_ALIAS]


def emojis(form: Form) -> str:
    """Return the wanted code of emojis; empty when none is wished; raise Refusal, 400, for anything else."""
    text = form.get("emojies", "")
    code = emoji_codes.code_of(text) if text else ""
    if code is None:
        raise wrong(errors.EMOJI, "Invalid emoji")
    return code


def random_emojis() -> str:
    """Return a random code of emojis: 36 bits, as much as six random characters."""
    text = "".join(secrets.choice(PLAIN_EMOJIS) for _ in range(_RANDOM_EMOJIS))
    code = emoji_codes.code_of(text)
    assert code is not None, "they are emojis"  # noqa: S101
    return code


def export_format(text: str) -> str:
    """Return the format of a file, one of FORMATS; raise Refusal, 400, for any other."""
    if text.lower() not in FORMATS:
        raise wrong(errors.FORMAT, "Invalid format; format must be json, csv, xlsx or xml")
    return text.lower()


def _max_clicks(text: str) -> int:
    if not text:
        return 0
    number = text.strip()
    if not (number.isascii() and number.isdigit()) or int(number[:10]) == 0:
        raise wrong(errors.MAX_CLICKS, "max-clicks must be an positive integer")
    return min(int(number[:10]), 10**9)
