"""What the operator may write after `admin`."""

import argparse
from collections.abc import Sequence

from services.common.caller import SCOPES


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command with its options; help and mistakes end the program, as argparse does."""
    parser = argparse.ArgumentParser(prog="links admin", description="Manage accounts, domains and credentials.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_accounts(commands)
    _add_domains(commands)
    _add_credentials(commands)
    return parser.parse_args(arguments)


Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it


def _add_accounts(commands: "Commands[argparse.ArgumentParser]") -> None:
    workspace = _command(commands, "create-workspace", "make a group of accounts that see each other")
    workspace.add_argument("title", help="words for people")
    _command(commands, "list-workspaces", "list the groups")
    owner = _command(commands, "create-owner", "make an account")
    owner.add_argument("login", help="2 to 64 characters of a-z 0-9 . _ -")
    owner.add_argument("--display-name", default="", help="name for people (default: the login)")
    owner.add_argument("--email", default="")
    owner.add_argument("--workspace", type=int, default=0, metavar="ID", help="the group that the account works in")
    owner.add_argument("--password", action="store_true", help="ask for a password, or read it from standard input")
    password = _command(commands, "set-password", "give an account a password, from the terminal or standard input")
    password.add_argument("login")
    admin = _command(commands, "set-admin", "say whether who signs in to an account has the scope admin")
    admin.add_argument("login")
    admin.add_argument("admin", choices=("on", "off"))
    sign_in = _command(commands, "sign-in", "print an address that signs a browser in, once, within 15 minutes")
    sign_in.add_argument("login")
    owners = _command(commands, "list-owners", "list the accounts")
    owners.add_argument("--workspace", type=int, default=0, metavar="ID", help="only those of a group")


def _add_domains(commands: "Commands[argparse.ArgumentParser]") -> None:
    domain = _command(commands, "create-domain", "add a host name that serves codes, claimed by its owner or not")
    domain.add_argument("host")
    domain.add_argument("--owner", default="", metavar="LOGIN", help="who may use it (default: every account)")
    domain.add_argument("--public-url", default="", metavar="URL", help="default: https:// and the host")
    listed = _command(commands, "list-domains", "list the host names that serve codes")
    listed.add_argument("--owner", default="", metavar="LOGIN", help="only those of an account")
    deleted = _command(commands, "delete-domain", "free a host name; whoever holds it can claim it anew")
    deleted.add_argument("host")
    deleted.add_argument(
        "--with-links", action="store_true", help="also when there are links in it, which nobody can follow any more"
    )


def _add_credentials(commands: "Commands[argparse.ArgumentParser]") -> None:
    key = _command(commands, "create-key", "make an API key and print it, this once")
    _add_owner(key)
    key.add_argument("--title", default="", help="words for people")
    key.add_argument(
        "--scope",
        dest="scopes",
        action="append",
        default=[],
        choices=SCOPES,
        metavar="SCOPE",
        help=f"one of {', '.join(SCOPES)}; may be repeated (default: all but admin)",
    )
    key.add_argument("--days", type=_days, default=0, help="how long the key is good (default: for ever)")
    _add_owner(_command(commands, "list-keys", "list an account's API keys"))
    revoke = _command(commands, "revoke-key", "revoke an API key")
    revoke.add_argument("api_key_id", type=int, metavar="ID")
    _add_owner(revoke)
    app = _command(commands, "create-oauth-app", "register an application and print its secret, this once")
    app.add_argument("title", help="words for people")
    _add_owner(app)
    app.add_argument(
        "--redirect-uri", action="append", required=True, metavar="URL", help="where codes may go; may be repeated"
    )


def _command(commands: "Commands[argparse.ArgumentParser]", name: str, description: str) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=description, description=description)


def _add_owner(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--owner", required=True, metavar="LOGIN", help="whose it is")


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 36_500:  # noqa: PLR2004 - a hundred years
        raise argparse.ArgumentTypeError("must be 1 to 36500")
    return days
