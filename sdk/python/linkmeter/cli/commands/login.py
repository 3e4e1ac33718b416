"""`linkmeter login` and `linkmeter logout`: the API key of a profile."""

import sys
from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from linkmeter import errors
from linkmeter.cli import completing, connection, keys, link_options, settings
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import MisuseError
from linkmeter.cli.groups import Group
from linkmeter.cli.keys import KeyStorage
from linkmeter.cli.settings import Profile
from linkmeter.client import Client

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def add_to(app: Group) -> None:
    """Add the commands to the program."""
    app.command("login")(login)
    app.command("logout")(logout)


def login(
    cli: Cli,
    *,
    address: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="The server's public address. Default: the profile's, or what is answered when asked.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Keep an API key for a server, after asking the server whether it takes it.

    The key is typed without being shown, or read from standard input: linkmeter login URL < key.txt. It is kept in the
    system's keyring; where there is none, in a file that only you can read.
    """
    name = cli.profile_name
    before = cli.config.profiles.get(name, Profile())
    named = settings.server_url(address) if address else connection.address(cli.options)
    url = named or before.url or _asked_address()
    key = keys.checked_key(link_options.read_secret("API key: "))
    _check(cli, url, key)
    if before.key_storage and before.url != url:
        keys.forget(name, before.url, before.key_storage)
    storage = keys.store(name, url, key)
    profile = Profile({**before.values, "url": url}, storage)
    first = not cli.config.profiles
    config = cli.config.having(name, profile)
    settings.write(replace(config, profile=name) if first else config)
    completing.forget()
    cli.say(f"Logged in to {url}, as profile {name}.")
    if storage is KeyStorage.FILE and not _said_before(cli):
        cli.say(f"There is no keyring here: the key is in {keys.credentials_file()}, which only you can read.")
    if not first and config.profile != name:
        cli.say(f"The profile {config.profile} stays in use: --profile {name}, or linkmeter config use {name}.")


def logout(cli: Cli) -> None:
    """Forget the API key of the profile. The key stays valid at the server: linkmeter key revoke ends it."""
    name = cli.profile_name
    profile = cli.config.profiles.get(name)
    if profile is None or not profile.key_storage:
        raise MisuseError(f"the profile {name} has no API key")
    keys.forget(name, profile.url, profile.key_storage)
    settings.write(cli.config.having(name, replace(profile, key_storage="")))
    completing.forget()
    cli.say(f"The API key of {name} is forgotten here. At {profile.url} it stays valid until it is revoked.")


def _check(cli: Cli, url: str, key: str) -> None:
    """Have the server say whether it knows the key; one that may not list domains is a key all the same."""
    if url.startswith("http://") and urlsplit(url).hostname not in _LOOPBACK:
        cli.warn(f"{url} is not encrypted: everybody on the way can read the key")
    with Client(url, key) as client:
        try:
            client.domains.list()
        except errors.PermissionDenied:
            return


def _said_before(cli: Cli) -> bool:
    """Tell whether a key is in the file already, so that its place is no news."""
    return any(profile.key_storage == KeyStorage.FILE for profile in cli.config.profiles.values())


def _asked_address() -> str:
    if not sys.stdin.isatty():
        raise MisuseError("which server? linkmeter login https://…")
    return settings.server_url(str(typer.prompt("Address of the server (https://…)", err=True)))
