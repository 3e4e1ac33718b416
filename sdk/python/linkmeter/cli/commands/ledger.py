"""`linkmeter ledger`: the proof that no click is missing."""

from linkmeter.cli import rows
from linkmeter.cli.context import Cli
from linkmeter.cli.groups import Group


def add_to(app: Group) -> None:
    """Add the command to the program."""
    app.command("ledger")(ledger)


def ledger(cli: Cli) -> None:
    """Show what became of every click, by outbox: accepted = stored + pending + set aside + dropped.

    It needs a key with the scope admin.
    """
    answer = cli.client.ledger.get()
    cli.out.many(map(rows.ledger_entry, [*answer.entries, answer.total]), rows.LEDGER)
