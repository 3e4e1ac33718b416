"""Fields that take anything."""

from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Value

from gateway.compat.shortio import values
from services.common import errors


def value(json: Any) -> Value:
    return json_format.ParseDict(json, Value())


def test_null_says_what_leaving_out_says() -> None:
    """Both are nothing."""
    for absent in (Value(), value(None)):
        assert values.text(absent, "x") == ""
        assert values.flag(absent, "x") is False
        assert values.whole(absent, "x", 7) == 7
        assert values.texts(absent, "x") == ()


@pytest.mark.parametrize(
    ("given", "read"),
    [(True, True), ("true", True), ("1", True), (1, True), (False, False), ("FALSE", False), (0, False)],
)
def test_truth_is_read_as_people_write_it(given: Any, read: bool) -> None:
    """JSON, text and number."""
    assert values.flag(value(given), "x") is read


@pytest.mark.parametrize("wrong", ["maybe", 2, [], {}])
def test_what_is_no_truth_value_is_refused(wrong: Any) -> None:
    """The field is named."""
    with pytest.raises(errors.InvalidArgument, match=r"^x: "):
        values.flag(value(wrong), "x")


@pytest.mark.parametrize("given", [30, "30", " 30 ", 30.0])
def test_numbers_may_be_written_as_text(given: Any) -> None:
    """Query strings know nothing else."""
    assert values.whole(value(given), "limit", 1) == 30


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "many", True, [], {}, "1e9"])
def test_what_is_no_whole_number_is_refused(wrong: Any) -> None:
    """Also what is too small; what is too large is cut."""
    with pytest.raises(errors.InvalidArgument):
        values.whole(value(wrong), "limit", 1)
    assert values.whole(value(5000), "limit", 1, largest=1000) == 1000


def test_a_set_of_javascript_is_an_empty_list() -> None:
    """JSON.stringify(new Set(["a"])) is {}, and the official client's types ask for Sets."""
    assert values.texts(value({}), "paths") == ()


def test_one_value_stands_for_a_list_of_it() -> None:
    """Repeats count once."""
    assert values.texts(value("a"), "x") == ("a",)
    assert values.texts(value([302, "302", 404]), "x") == ("302", "404")
    with pytest.raises(errors.InvalidArgument):
        values.texts(value([{"a": 1}]), "x")
