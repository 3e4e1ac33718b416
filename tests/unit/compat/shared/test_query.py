"""Lists in queries."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.compat.shared import query
from services.common import errors


def context(path: str) -> Any:
    """Make a call that came by a path."""
    return cast("Any", SimpleNamespace(invocation_metadata=lambda: (("x-envoy-original-path", path),)))


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/x", []),
        ("/x?ids=a&ids=b,c", ["a", "b,c"]),
        ("/x?ids[]=a&ids[]=b%2Cc", ["a", "b,c"]),
        ("/x?ids%5B%5D=a&ids%5b1%5d=b", ["a", "b"]),
        ("/x?ids[0]=a&ids[x]=b&xids[]=c&ids[]x=d", ["a"]),
    ],
)
def test_lists_in_each_spelling(path: str, values: list[str]) -> None:
    """Given again and again, in brackets with a number in them or without, escaped or not."""
    assert query.listed(context(path), "ids") == values


@pytest.mark.parametrize("path", ["/x?ids[]=%ff", "/x?" + "&".join(["ids[]=a"] * 2001)])
def test_nonsense_is_refused(path: str) -> None:
    """No other list than asked for."""
    with pytest.raises(errors.InvalidArgument):
        query.listed(context(path), "ids")
