"""`linkmeter key`: the account's API keys."""

from datetime import datetime
from typing import Annotated, Final, get_args

import typer

from linkmeter.cli import link_options, rows, times
from linkmeter.cli.context import Cli
from linkmeter.cli.groups import Group
from linkmeter.resources.api_keys import Scope

key = Group(help="Make, list and revoke API keys of the account.")

_SCOPES: Final[tuple[str, ...]] = get_args(Scope)
_USUAL: Final = ("links:read", "links:write", "stats:read")


def _scopes(incomplete: str) -> list[str]:
    return [scope for scope in _SCOPES if scope.startswith(incomplete)]


@key.command("create")
def create(
    cli: Cli,
    *,
    title: Annotated[str, typer.Argument(help="Text for people, by which the key is recognised.")] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            "-s",
            help=f"What it may do: {', '.join(_SCOPES)}; may be repeated. Default: {', '.join(_USUAL)}.",
            autocompletion=_scopes,
            show_default=False,
        ),
    ] = None,
    expires: Annotated[str, typer.Option("--expires", help="When it ends: 90d, 2026-12-31.", metavar="TIME")] = "",
    description: Annotated[str, typer.Option("--description", help="More text for people.")] = "",
) -> None:
    """Make a key, and print it this once."""
    now = datetime.now(times.time_zone(link_options.time_zone(cli, "")))
    created = cli.client.api_keys.create(
        title,
        # Words that the contract does not know are told by the server, which may be newer.
        scopes=scope or _USUAL,  # type: ignore[arg-type]
        description=description,
        expire_time=times.later(expires, now) if expires else None,
    )
    cli.out.one(rows.key(created), rows.KEY)
    if cli.out.is_table:
        cli.say("The secret is shown this once.")


@key.command("list")
def list_keys(
    cli: Cli, revoked: Annotated[bool, typer.Option("--revoked", help="Those that were revoked, too.")] = False
) -> None:
    """List the keys, without their secrets."""
    found = cli.client.api_keys.list(with_revoked=revoked)
    cli.out.many(map(rows.key, found), rows.KEY, empty="No keys.")


@key.command("revoke")
def revoke(
    cli: Cli,
    *,
    api_key_id: Annotated[int, typer.Argument(metavar="ID", help="The key's id, see key list.", min=1)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Revoke a key at once and for ever."""
    cli.confirm(f"Revoke the key {api_key_id}? Whoever uses it is refused at once.", yes=yes)
    cli.client.api_keys.delete(api_key_id)
    cli.say(f"The key {api_key_id} is revoked.")
