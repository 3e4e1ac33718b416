"""Ids of links and domains as Short.io's clients keep them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compat.shortio import ids
from services.common import errors


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_every_id_survives_the_way_out_and_back(number: int) -> None:
    """What is written can be read, as idString and as the plain number."""
    assert ids.link_number(ids.link_text(number)) == number
    assert ids.link_number(str(number)) == number


def test_ids_have_the_two_parts_that_the_official_schema_wants() -> None:
    """lnk_, a part, an underscore, and a part."""
    assert ids.link_text(62) == "lnk_lm_10"
    assert ids.link_number("lnk_10") == 62


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "lnk_", "lnk_lm_", "lnk_lm_0", "abc", str(2**63), "lnk_lm_zzzzzzzzzzz", "lnk_61Mb_0dnR", "1 "],
)
def test_what_no_link_can_have_is_no_id(text: str) -> None:
    """Ids of other systems and numbers out of range name no link."""
    assert ids.link_number(text) is None
    with pytest.raises(errors.NotFound):
        ids.link_id(text)


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", str(2**63)])
def test_what_no_domain_can_have_names_no_domain(text: str) -> None:
    """A domain's id is a number."""
    with pytest.raises(errors.NotFound):
        ids.domain_id(text)
