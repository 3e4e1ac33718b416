"""`linkmeter link`: creating, reading, changing and ending links."""

import itertools
import webbrowser
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import typer

from linkmeter import errors
from linkmeter.cli import completing, link_options, naming, rows, times
from linkmeter.cli.context import Cli
from linkmeter.cli.each import each
from linkmeter.cli.exits import CommandError, MisuseError
from linkmeter.cli.groups import Group
from linkmeter.cli.naming import LinkArgument
from linkmeter.resources.links import LinkOrder

link = Group(help="Create, read, change and end links.")

_USUAL_LIMIT: Final = 50
_ORDERS: Final[dict[str, LinkOrder]] = {
    "created": "create_time",
    "clicks": "clicks",
    "last-click": "last_click",
    "code": "code",
}


class Clearable(StrEnum):
    """Fields that no value of an option takes away."""

    TAGS = "tags"
    FROM = "valid_from_time"
    EXPIRES = "expire_time"
    PASSWORD = "password"  # noqa: S105 - A field's name.


LinksArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="LINK",
        help="Codes, short URLs, or id: and a number.",
        autocompletion=completing.link_codes,
        show_default=False,
    ),
]


@link.command("create")
def create(
    cli: Cli,
    *,
    destination: Annotated[str, typer.Argument(metavar="URL", help="Where it leads.", show_default=False)],
    code: Annotated[
        str | None, typer.Option("--code", "-c", help="What the short URL ends with. Default: random.")
    ] = None,
    domain: link_options.DomainOption = None,
    title: link_options.TitleOption = None,
    tag: link_options.TagOption = None,
    note: link_options.NoteOption = None,
    valid_from: link_options.FromOption = None,
    expires: link_options.ExpiresOption = None,
    expired_destination: link_options.ExpiredOption = None,
    max_clicks: link_options.MaxClicksOption = None,
    password: link_options.PasswordOption = False,
    redirect_status: link_options.StatusOption = None,
    private_stats: link_options.PrivateOption = None,
    block_bots: link_options.BotsOption = None,
    indexable: link_options.IndexableOption = None,
    forward_query: link_options.ForwardOption = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option("--idempotency-key", help="A name for this: a repeat within 24 hours makes no second link."),
    ] = None,
) -> None:
    """Create a link."""
    told = {
        "code": code,
        "domain": domain or cli.server.profile.values.get("domain"),
        "title": title,
        "tags": tag or None,
        "note": note,
        "valid_from_time": valid_from,
        "expire_time": expires,
        "expired_destination": expired_destination,
        "max_clicks": max_clicks,
        "redirect_status": redirect_status,
        "private_stats": private_stats,
        "block_bots": block_bots,
        "indexable": indexable,
        "forward_query": forward_query,
    }
    fields = link_options.fields(cli, told, password=password)
    created = cli.client.links.create(destination, idempotency_key=idempotency_key, **fields)
    cli.out.one(rows.link(created), rows.LINK)


@link.command("get")
def get(cli: Cli, name: LinkArgument) -> None:
    """Show a link."""
    cli.out.one(rows.link(naming.find(cli, name)), rows.LINK)


@link.command("list")
def list_links(
    cli: Cli,
    *,
    query: Annotated[
        str, typer.Option("--query", help="Only those whose code, title or destination contains this.")
    ] = "",
    tag: Annotated[str, typer.Option("--tag", "-t", help="Only those with this label.")] = "",
    domain: Annotated[
        str, typer.Option("--domain", "-d", help="Only those of this domain.", autocompletion=completing.domains)
    ] = "",
    state: Annotated[
        Literal["active", "disabled", "scheduled", "expired", "exhausted"] | None,
        typer.Option("--state", help="Only those in this state.", show_default=False),
    ] = None,
    destination: Annotated[str, typer.Option("--destination", help="Only those that lead exactly here.")] = "",
    archived: Annotated[bool, typer.Option("--archived", help="Those that were put away instead.")] = False,
    since: Annotated[str, typer.Option("--since", help="Only those created from then on: 30d, 2026-05-01.")] = "",
    until: Annotated[str, typer.Option("--until", help="Only those created before then.")] = "",
    sort: Annotated[
        Literal["created", "clicks", "last-click", "code"],
        typer.Option("--sort", help="Newest, most clicks, latest click, or codes from A first."),
    ] = "created",
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="The order turned round.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many at most.", min=1)] = _USUAL_LIMIT,
    everything: Annotated[bool, typer.Option("--all", "-a", help="All of them.")] = False,
) -> None:
    """List links, newest first unless --sort says otherwise."""
    now = datetime.now(times.time_zone(link_options.time_zone(cli, "")))
    created = (
        times.moment(since, now) if since else None,
        times.moment(until, now) if until else None,
    )
    found = iter(
        cli.client.links.list(
            query=query,
            tag=tag,
            domain=domain,
            state=state,
            destination=destination,
            archived=archived,
            created=created if since or until else None,
            order_by=_ORDERS[sort],
            oldest_first=oldest_first,
            page_size=1000 if everything else min(limit + 1, 1000),
        )
    )
    shown = found if everything else itertools.islice(found, limit)
    cli.out.many(cli.tracked(map(rows.link, shown), "Reading links"), rows.LINK, empty="No links.")
    if not everything and next(found, None) is not None:
        cli.say(f"There are more than {limit}: --limit, or --all.")


@link.command("update")
def update(
    cli: Cli,
    *,
    name: LinkArgument,
    destination: Annotated[str | None, typer.Option("--destination", help="Where it leads.", metavar="URL")] = None,
    title: link_options.TitleOption = None,
    tag: link_options.TagOption = None,
    add_tag: Annotated[list[str] | None, typer.Option("--add-tag", help="One more label.", metavar="TAG")] = None,
    remove_tag: Annotated[list[str] | None, typer.Option("--remove-tag", help="One less.", metavar="TAG")] = None,
    note: link_options.NoteOption = None,
    valid_from: link_options.FromOption = None,
    expires: link_options.ExpiresOption = None,
    expired_destination: link_options.ExpiredOption = None,
    max_clicks: link_options.MaxClicksOption = None,
    password: link_options.PasswordOption = False,
    clear: Annotated[
        list[Clearable] | None,
        typer.Option("--clear", help="Take a field away; may be repeated. Texts are cleared by giving ''."),
    ] = None,
    redirect_status: link_options.StatusOption = None,
    private_stats: link_options.PrivateOption = None,
    block_bots: link_options.BotsOption = None,
    indexable: link_options.IndexableOption = None,
    forward_query: link_options.ForwardOption = None,
    archived: Annotated[
        bool | None, typer.Option("--archive/--unarchive", help="Put it away, or back.", show_default=False)
    ] = None,
) -> None:
    """Change a link: what is not named stays as it is."""
    told = {
        "destination": destination,
        "title": title,
        "tags": tag or None,
        "note": note,
        "valid_from_time": valid_from,
        "expire_time": expires,
        "expired_destination": expired_destination,
        "max_clicks": max_clicks,
        "redirect_status": redirect_status,
        "private_stats": private_stats,
        "block_bots": block_bots,
        "indexable": indexable,
        "forward_query": forward_query,
        "archived": archived,
    }
    changes = link_options.fields(cli, told, password=password)
    changes |= dict.fromkeys(field.value for field in clear or ())
    if not changes and not add_tag and not remove_tag:
        raise MisuseError("nothing to change was named; linkmeter link update --help lists what can be")
    if not add_tag and not remove_tag:
        changed = cli.client.links.update(naming.find_id(cli, name), **changes)
    else:
        changed = _retagged(cli, name, changes, add_tag or [], remove_tag or [])
    cli.out.one(rows.link(changed), rows.LINK)


def _retagged(cli: Cli, name: str, changes: dict[str, Any], more: list[str], less: list[str]) -> Any:
    """Change a link along with single tags, on top of those that it has at that moment."""
    if "tags" in changes:
        raise MisuseError("--tag and --clear tags say all labels: not along with --add-tag and --remove-tag")
    now = naming.find(cli, name)
    kept = [one for one in now.tags if one not in less]
    changes["tags"] = [*kept, *(one for one in dict.fromkeys(more) if one not in kept)]
    try:
        return cli.client.links.update(now.link_id, etag=now.etag, **changes)
    except errors.Aborted as problem:
        raise CommandError("somebody else changed the link just now; nothing was done, try again") from problem


@link.command("disable")
def disable(cli: Cli, names: LinksArgument) -> None:
    """Switch links off, until they are enabled: visitors see that there is nothing."""
    each(cli, names, lambda name: rows.link(cli.client.links.disable(naming.find_id(cli, name))), rows.LINK)


@link.command("enable")
def enable(cli: Cli, names: LinksArgument) -> None:
    """Switch links on again."""
    each(cli, names, lambda name: rows.link(cli.client.links.enable(naming.find_id(cli, name))), rows.LINK)


@link.command("delete")
def delete(
    cli: Cli,
    *,
    names: LinksArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete links for ever. Their codes are given to nobody again; their statistics stay."""
    what = names[0] if len(names) == 1 else f"{len(names)} links"
    cli.confirm(f"Delete {what} for ever?", yes=yes)

    def end(name: str) -> dict[str, Any]:
        number = naming.find_id(cli, name)
        cli.client.links.delete(number)
        return {"link": name, "link_id": number, "deleted": True}

    each(cli, names, end, rows.DELETED)


@link.command("open")
def open_link(
    cli: Cli,
    *,
    name: LinkArgument,
    short: Annotated[bool, typer.Option("--short", help="Follow the short URL, which counts as a click.")] = False,
) -> None:
    """Open where a link leads in the browser, without counting a click."""
    found = naming.find(cli, name)
    address = found.short_url if short else found.destination
    # A server that lies cannot start anything but a browser.
    if not address.startswith(("http://", "https://")) or not webbrowser.open(address):
        raise CommandError(f"no browser opens {address}")
    cli.say(f"Opened {address}")
