"""Campaign parameters in URLs."""

import pytest

from gateway.compat.shortio import campaign


def test_parameters_are_put_into_the_url() -> None:
    """In place of those of the same name; all else stays as it is, byte for byte."""
    url = "https://e.com/p%41th?a=1&utm_source=old&b=%20x#part"
    assert campaign.write(url, {"utm_source": "a b", "utm_medium": "mail"}) == (
        "https://e.com/p%41th?a=1&b=%20x&utm_source=a%20b&utm_medium=mail#part"
    )


def test_an_empty_parameter_is_taken_away() -> None:
    """As null in an update does."""
    assert campaign.write("https://e.com/?utm_term=x&y=1", {"utm_term": ""}) == "https://e.com/?y=1"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://e\tx.com/", " https://e.com/", "https://[", "https://e.com/\n"]
)
def test_what_is_wrong_stays_wrong(url: str) -> None:
    """Nothing is cleaned on the way: links has to see it."""
    assert campaign.write(url, {"utm_source": "x"}) == url


def test_the_first_parameter_of_a_name_is_read() -> None:
    """Decoded; empty ones are none."""
    assert campaign.read("https://e.com/?utm_source=a+b&utm_source=c&utm_medium=&x=1") == {"utm_source": "a b"}
    assert campaign.read("https://[") == {}
