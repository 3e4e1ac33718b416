"""`linkmeter domain`: host names that serve codes."""

from typing import Annotated

import typer

from linkmeter.cli import completing, rows
from linkmeter.cli.context import Cli
from linkmeter.cli.groups import Group
from linkmeter.links.v1 import links_pb2

domain = Group(help="Claim, verify and give up domains: host names that serve codes.")

HostArgument = Annotated[
    str,
    typer.Argument(metavar="HOST", help="Its host name.", autocompletion=completing.domains, show_default=False),
]


@domain.command("list")
def list_domains(
    cli: Cli,
    *,
    claims: Annotated[bool, typer.Option("--claims", help="Those that are not verified yet, too.")] = False,
) -> None:
    """List the domains that links can be created in."""
    cli.out.many(map(rows.domain, cli.client.domains.list(with_unverified=claims)), rows.DOMAIN, empty="No domains.")


@domain.command("get")
def get(cli: Cli, host: HostArgument) -> None:
    """Show a domain."""
    cli.out.one(rows.domain(cli.client.domains.get(host=host)), rows.DOMAIN)


@domain.command("add")
def add(
    cli: Cli,
    *,
    host: Annotated[str, typer.Argument(metavar="HOST", help="A host name, as go.example.com.")],
    public_url: Annotated[
        str, typer.Option("--public-url", help="What its short URLs begin with. Default: https:// and the host.")
    ] = "",
) -> None:
    """Claim a host name. It serves codes as soon as the record that is shown stands in the DNS, and was verified."""
    claimed = cli.client.domains.create(host, public_url=public_url)
    cli.out.one(rows.domain(claimed), rows.DOMAIN)
    if claimed.HasField("proof"):
        cli.say(f"Put this into the DNS, then: linkmeter domain verify {claimed.host}")
        cli.say(f'{claimed.proof.name}. {claimed.proof.type} "{claimed.proof.value}"')


@domain.command("verify")
def verify(cli: Cli, host: HostArgument) -> None:
    """Look for the proof of a claimed domain in the DNS, and let it serve codes."""
    cli.out.one(rows.domain(cli.client.domains.verify(_found(cli, host).domain_id)), rows.DOMAIN)


@domain.command("update")
def update(
    cli: Cli,
    *,
    host: HostArgument,
    public_url: Annotated[str, typer.Option("--public-url", help="What its short URLs begin with.")],
) -> None:
    """Change what short URLs of a domain begin with."""
    changed = cli.client.domains.update(_found(cli, host).domain_id, public_url=public_url)
    cli.out.one(rows.domain(changed), rows.DOMAIN)


@domain.command("delete")
def delete(
    cli: Cli, host: HostArgument, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """Give up a domain, which has to have no links any more."""
    found = _found(cli, host)
    cli.confirm(f"Give up {found.host}?", yes=yes)
    cli.client.domains.delete(found.domain_id)
    cli.say(f"{found.host} is given up.")


def _found(cli: Cli, host: str) -> links_pb2.Domain:
    return cli.client.domains.get(host=host)
