"""Reading Short.io's requests about domains."""

import pytest

from gateway.compat.shortio.domains import parse
from linkmeter.compat.shortio.v2 import domain_service_pb2
from services.common import errors


@pytest.mark.parametrize(
    ("limit", "offset", "expected"),
    [
        ("", "", slice(0, parse.DEFAULT_LISTED)),
        ("2", "3", slice(3, 5)),
        ("5000", "", slice(0, parse.MOST_LISTED)),
    ],
)
def test_which_domains_are_listed(limit: str, offset: str, expected: slice) -> None:
    """A page of them, of which the largest is a thousand."""
    assert parse.page(domain_service_pb2.ListDomainsRequest(limit=limit, offset=offset)) == expected


@pytest.mark.parametrize(("field", "value"), [("limit", "0"), ("limit", "x"), ("offset", "-1"), ("offset", "1.5")])
def test_what_is_no_whole_number_is_refused(field: str, value: str) -> None:
    """By its name."""
    with pytest.raises(errors.InvalidArgument) as caught:
        parse.page(domain_service_pb2.ListDomainsRequest(**{field: value}))
    assert caught.value.field == field
