"""Reading objects of an API's answer that may be anything: a wrong one is a problem of its own, not of the import."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from linkmeter.moving.origin import OriginError, OriginLink, Problem

# Seconds since 1970 that are this large would be in the year 5138: they are milliseconds.
_MILLISECONDS_FROM: Final = 1e11


class OddItem(OriginError):
    """An item cannot be read; reason is a word for programs, the message a sentence for people.

    Of one link or click it is a problem. Of what holds a page together it ends the import, as any OriginError does.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def problem(self, place: str) -> Problem:
        """Return it as what an origin yields in the item's place."""
        return Problem(place, self.reason, str(self))


class Item:
    """An object of an answer. Absent and null are the same; a value of another type raises OddItem."""

    def __init__(self, value: Any, what: str = "item") -> None:
        if not isinstance(value, Mapping):
            raise OddItem("ROW_MALFORMED", f"the {what} is not an object")
        self._values: Mapping[str, Any] = value

    def text(self, name: str) -> str:
        """Return a text, "" when absent. Numbers are written out: some services do not quote them."""
        value = self._values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise OddItem("ROW_MALFORMED", f"{name} is not a text")
        # Halves of surrogate pairs are JSON, but no text that could be stored.
        return str(value).encode("utf-8", "replace").decode()

    def required(self, name: str) -> str:
        """Return a text that must be there; raise OddItem when it is not."""
        text = self.text(name)
        if not text:
            raise OddItem("ROW_INCOMPLETE", f"{name} is missing")
        return text

    def number(self, name: str) -> int | None:
        """Return a whole number that is not negative; None when absent."""
        value = self._values.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise OddItem("ROW_MALFORMED", f"{name} is not a number")
        return value

    def flag(self, name: str) -> bool:
        """Return whether a field is true, or says anything at all: a password that is shown counts as there."""
        return bool(self._values.get(name))

    def required_time(self, name: str) -> datetime:
        """Return a time that must be there, as time does; raise OddItem when it is not."""
        time = self.time(name)
        if time is None:
            raise OddItem("ROW_INCOMPLETE", f"{name} is missing")
        return time

    def time(self, name: str) -> datetime | None:
        """Return a time in UTC: ISO 8601, or seconds or milliseconds since 1970; None when absent or empty.

        Without an offset it is taken for UTC.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return None
        try:
            return _time(value)
        except (ValueError, TypeError, OverflowError, OSError):
            raise OddItem("TIME_ABSURD", f"{name} is not a time") from None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, or of the names of objects that have one; () when absent."""
        value = self._values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise OddItem("ROW_MALFORMED", f"{name} is not a list")
        named = [entry if isinstance(entry, Mapping) else {"name": entry} for entry in value]
        return tuple(text for entry in named if (text := Item(entry).text("name")))

    def item(self, name: str) -> "Item":
        """Return an object within this one; an empty one when absent."""
        value = self._values.get(name)
        return Item({} if value is None else value, name)


def host_of(url: str) -> str:
    """Return the host name of a URL, with its port when it has one; "" when it has no host."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def clicks_left(allowed: int | None, used: int) -> int | None:
    """Return how many clicks a limited link still takes here, when it had this many there; None without a limit."""
    return max(0, allowed - used) if allowed else None


def password_left_behind(link: OriginLink, product: str) -> Problem:
    """Return what is said of a link with a password: it comes disabled, because it must not come open."""
    return Problem(
        link.place,
        "PASSWORD_LEFT_BEHIND",
        f"{link.code}: {product} does not give its password out, so that it comes disabled until you set one",
    )


def rules_left_behind(link: OriginLink, what: str) -> Problem:
    """Return what is said of a link that leads to other destinations for some, by country, device or language."""
    return Problem(link.place, "RULES_LEFT_BEHIND", f"{link.code}: its {what} do not come along")


def _time(value: Any) -> datetime:
    if isinstance(value, str):
        moment = datetime.fromisoformat(value.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
    return datetime.fromtimestamp(seconds, UTC)
