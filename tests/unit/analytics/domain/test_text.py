"""Text of strangers."""

from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.text import clean, cut


@given(text=st.text(), most=st.integers(0, 50))
def test_cutting_keeps_within_bytes_and_within_characters(text: str, most: int) -> None:
    found = cut(text, most)
    assert len(found.encode()) <= most
    assert text.startswith(found)


def test_cleaning_drops_what_no_column_takes() -> None:
    assert clean(" a\0b\nc ", 100) == "ab c"
