"""Single values of Bitly's parameters."""

import pytest

from gateway.compat.bitly import values
from gateway.compat.bitly.errors import Failure


@pytest.mark.parametrize("text", ["true", "True", " 1 ", "on", "yes"])
def test_flags_as_languages_write_them(text: str) -> None:
    """What is not given is the default."""
    assert values.flag("private", text) is True
    assert values.flag("private", "No", default=True) is False
    assert values.flag("private", " ", default=True) is True


def test_choices_are_in_either_case() -> None:
    """What is not given is the default."""
    assert values.choice("archived", " ON ", {"on", "off"}, default="off") == "on"
    assert values.choice("archived", "", {"on", "off"}, default="off") == "off"


def test_bounds_of_numbers_are_inclusive() -> None:
    """From the least to the most."""
    assert [values.number("limit", text, default=5, least=1, most=10) for text in ("1", " 10 ", "")] == [1, 10, 5]


@pytest.mark.parametrize(
    ("text", "seconds"), [("1360351157", 1360351157), ("1360351157.9", 1360351157), ("1360351157000", 1360351157)]
)
def test_times_are_epoch_seconds_or_milliseconds(text: str, seconds: int) -> None:
    """Milliseconds are taken where the call says so."""
    assert values.seconds("user_ts", text, takes_milliseconds=True) == seconds
    assert values.seconds("user_ts", "") is None


def test_what_is_wrong_is_named() -> None:
    """INVALID_ARG_ and the parameter, with status_code 500."""
    for call in (
        lambda: values.flag("it", "maybe"),
        lambda: values.choice("it", "other", {"on"}, default="on"),
        lambda: values.number("it", "11", default=5, least=1, most=10),
        lambda: values.number("it", "1.5", default=5, least=1, most=10),
        lambda: values.seconds("it", "1360351157000"),
        lambda: values.seconds("it", "yesterday"),
    ):
        with pytest.raises(Failure, match=r"^INVALID_ARG_IT$") as caught:
            call()
        assert caught.value.status_code == 500
