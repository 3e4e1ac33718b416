"""Tickets open one link, with one password, for a time."""

from datetime import UTC, datetime, timedelta

from services.common import access_ticket, keyed_hash

SECRET = "s" * 32
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TICKET = access_ticket.issue(SECRET, 7, "v1", NOW + timedelta(hours=1))


def test_a_ticket_opens_its_link_until_it_expires() -> None:
    """The moment of expiry is the first at which it is refused."""
    assert access_ticket.is_valid(SECRET, TICKET, 7, "v1", NOW)
    assert not access_ticket.is_valid(SECRET, TICKET, 7, "v1", NOW + timedelta(hours=1))


def test_a_ticket_opens_nothing_else() -> None:
    """Another link, another password version or another installation refuse it."""
    assert not access_ticket.is_valid(SECRET, TICKET, 8, "v1", NOW)
    assert not access_ticket.is_valid(SECRET, TICKET, 7, "v2", NOW)
    assert not access_ticket.is_valid("t" * 32, TICKET, 7, "v1", NOW)


def test_forged_and_broken_tickets_are_refused() -> None:
    """Whatever a client sends, the answer is no and never an exception."""
    expiry, _, signature = TICKET.partition(".")
    later = f"{int(expiry) + 1}.{signature}"
    for forged in ("", ".", "x.y", later, f"{expiry}.", f"{expiry}.ü", "9" * 400 + "." + signature, f"²{expiry}.x"):
        assert not access_ticket.is_valid(SECRET, forged, 7, "v1", NOW), forged


def test_parts_cannot_be_shifted_into_each_other() -> None:
    """Signing 1, 23 differs from signing 12, 3."""
    key = keyed_hash.derive(SECRET, "test")
    assert keyed_hash.sign(key, 1, 23) != keyed_hash.sign(key, 12, 3)
    assert keyed_hash.derive(SECRET, "a") != keyed_hash.derive(SECRET, "b")
