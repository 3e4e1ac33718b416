"""Campaign parameters in URLs."""

import pytest

from gateway.compat.shortio.links import campaign


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


@pytest.mark.parametrize("letter", ["\u200c", "\u200d", "\xa0", "\u00ad", "\u2060", "\u3000", "é"])
def test_letters_without_a_look_lose_nothing(letter: str) -> None:
    """Joiners that Persian and emojis need, and blanks that are none, in the URL and in the parameter."""
    url = f"https://e.com/a{letter}b?x={letter}#{letter}"
    written = campaign.write(url, {"utm_source": f"a{letter}b"})
    assert written.startswith(f"https://e.com/a{letter}b?x={letter}&utm_source=a%")
    assert written.endswith(f"#{letter}")
    assert campaign.read(written) == {"utm_source": f"a{letter}b"}
    assert campaign.write(f"https://e.com/{letter}", {"utm_term": "t"}) == f"https://e.com/{letter}?utm_term=t"


@pytest.mark.parametrize("url", ["HTTPS://E.com/#", "https://e.com/?a#b?c", "https://e.com", "https://e.com/?a=%zz&&b"])
def test_the_rest_of_a_url_stays_byte_for_byte(url: str) -> None:
    """Also what says nothing."""
    written = campaign.write(url, {"utm_term": "t"})
    assert written.replace("?utm_term=t", "").replace("&utm_term=t", "") == url.replace("&&", "&")
