"""How people name a link: by its code, by its short URL, or by its id."""

from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

import typer

from linkmeter.cli import completing
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import MisuseError
from linkmeter.links.v1 import links_pb2

_ID: Final = "id:"
_LARGEST_ID: Final = 2**63 - 1

LinkArgument = Annotated[
    str,
    typer.Argument(
        metavar="LINK",
        help="Its code, its short URL (with or without https://), or id: and its number.",
        autocompletion=completing.link_codes,
        show_default=False,
    ),
]


def find(cli: Cli, name: str) -> links_pb2.Link:
    """Return the link that is named so. Raises MisuseError when it can be no name; NotFound comes from the server."""
    if name.startswith(_ID):
        return cli.client.links.get(link_id(name))
    domain, code = parts(name)
    return cli.client.links.lookup(code, domain=domain or cli.server.profile.values.get("domain", ""))


def find_id(cli: Cli, name: str) -> int:
    """Return the id of the link that is named so; a name that is an id already is not looked up."""
    return link_id(name) if name.startswith(_ID) else find(cli, name).link_id


def link_id(name: str) -> int:
    """Return the number of a name like id:42. Raises MisuseError when there is none in it."""
    digits = name.removeprefix(_ID)
    if not digits.isascii() or not digits.isdigit() or not 0 < int(digits) <= _LARGEST_ID:
        raise MisuseError(f"{name!r} names no link: id: and a number, as in id:42")
    return int(digits)


def parts(name: str) -> tuple[str, str]:
    """Return domain (empty: the usual one) and code of `hello`, `sho.rt/hello` or `https://sho.rt/hello+`."""
    text = name.strip()
    if "/" not in text:
        return "", _code(name, text)
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        host = url.hostname
    except ValueError as problem:
        raise MisuseError(f"{name!r} names no link: {problem}") from problem
    if not host:
        raise MisuseError(f"{name!r} names no link: a short URL has a host")
    return host, _code(name, unquote(url.path).strip("/"))


def _code(name: str, text: str) -> str:
    # The plus asks for the page that shows where a link leads.
    code = text.removesuffix("+")
    if not code:
        raise MisuseError(f"{name!r} names no link: there is no code in it")
    return code
