"""What of a visitor's query goes on to the destination."""

from urllib.parse import urlsplit

import pytest

from services.redirect.domain.forwarding import MAX_BYTES, ForwardQuery, forward
from services.redirect.domain.resolution import Resolution

PLAIN = "https://example.com/page"
HOSTILE = (
    *("//evil.example/", "https://evil.example/", "@evil.example/", "/../x", "\\evil.example", ".evil.example"),
    *("#fragment", "a=1#fragment", "a=%23b", "a=%0d%0aset-cookie:x", "%0a", "a=\ufffd", "a=b?c", "?", "=", "a;b=c"),
    *("%zz", "a=%", '"<>^`{|}', "a b"),
)


@pytest.mark.parametrize("rule", [0, ForwardQuery.NONE, 99])
def test_nothing_goes_on_unless_a_link_says_so(rule: int) -> None:
    """Nor by a rule that this program does not know."""
    assert forward(PLAIN, "a=1", rule) == PLAIN


@pytest.mark.parametrize(
    ("destination", "query", "missing", "everything"),
    [
        (PLAIN, "", PLAIN, PLAIN),
        (PLAIN, "&&", PLAIN, PLAIN),
        (PLAIN, "a=1&b", f"{PLAIN}?a=1&b", f"{PLAIN}?a=1&b"),
        ("https://example.com", "a=1", "https://example.com?a=1", "https://example.com?a=1"),
        (f"{PLAIN}#part", "a=1", f"{PLAIN}?a=1#part", f"{PLAIN}?a=1#part"),
        (f"{PLAIN}#part?a=2", "a=1", f"{PLAIN}?a=1#part?a=2", f"{PLAIN}?a=1#part?a=2"),
        (f"{PLAIN}?", "a=1", f"{PLAIN}?a=1", f"{PLAIN}?a=1"),
        (f"{PLAIN}?a=1&c=%2f", "a=2&b=3", f"{PLAIN}?a=1&c=%2f&b=3", f"{PLAIN}?c=%2f&a=2&b=3"),
        (f"{PLAIN}?a=1", "a=2", f"{PLAIN}?a=1", f"{PLAIN}?a=2"),
        (f"{PLAIN}?a=1&a=2", "a=3&a=4", f"{PLAIN}?a=1&a=2", f"{PLAIN}?a=3&a=4"),
        (f"{PLAIN}?z", "a=x+y%20z&b=%2B", f"{PLAIN}?z&a=x+y+z&b=%2B", f"{PLAIN}?z&a=x+y+z&b=%2B"),
        (PLAIN, "a=%ff&b=%C3%A4", f"{PLAIN}?a=%FF&b=%C3%A4", f"{PLAIN}?a=%FF&b=%C3%A4"),
        (PLAIN, "a=%00&b=1", f"{PLAIN}?b=1", f"{PLAIN}?b=1"),
    ],
)
def test_parameters_are_added_or_replaced(destination: str, query: str, missing: str, everything: str) -> None:
    """The destination's own win, or the visitor's; what the owner wrote stays byte for byte."""
    assert forward(destination, query, ForwardQuery.MISSING) == missing
    assert forward(destination, query, ForwardQuery.ALL) == everything


@pytest.mark.parametrize("query", ["%61=2", "A=2", "+a=2", "b=2", "B%20=2", "c.d=2", "c%20d=2", "c[d=2"])
def test_no_spelling_of_a_name_gets_past_the_destinations_own(query: str) -> None:
    """Some servers split queries at semicolons, ignore case, or read dots and spaces as underscores."""
    assert forward(f"{PLAIN}?a=1;b=1&c_d=1", query, ForwardQuery.MISSING) == f"{PLAIN}?a=1;b=1&c_d=1"


@pytest.mark.parametrize("rule", [ForwardQuery.MISSING, ForwardQuery.ALL])
@pytest.mark.parametrize("query", HOSTILE)
def test_the_visitor_changes_nothing_but_the_query(query: str, rule: ForwardQuery) -> None:
    """S3: scheme, host, path and fragment are the owner's; S2: whatever came, it is one line of ASCII."""
    led = forward("https://example.com/page?own=1#part", query, rule)
    Resolution(link_id=1, owner_id=1, domain_id=1, domain="sho.rt", code="abc", destination=led)
    parts = urlsplit(led)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "example.com", "/page", "part")
    assert parts.query.startswith("own=1")
    assert parts.query.count("&") <= 1
    assert ";" not in parts.query


def test_a_query_that_makes_the_destination_too_long_stays_behind() -> None:
    """All of it: half a query could mean something else."""
    longest = "a=" + "x" * (MAX_BYTES - len(PLAIN) - 3)
    assert len(forward(PLAIN, longest, ForwardQuery.ALL)) == MAX_BYTES
    assert forward(PLAIN, longest + "x", ForwardQuery.ALL) == PLAIN
    assert forward(PLAIN, f"b=1&{longest}", ForwardQuery.ALL) == PLAIN
