"""Text of strangers."""

from hypothesis import given
from hypothesis import strategies as st

from services.common.text import clean, cut


@given(text=st.text(), most=st.integers(min_value=0, max_value=64))
def test_cutting_keeps_within_bytes_and_within_characters(text: str, most: int) -> None:
    """The result is a beginning of the text, valid, and as long as fits."""
    found = cut(text, most)
    assert len(found.encode()) <= most
    assert text.startswith(found)
    assert found == text or len(text[: len(found) + 1].encode()) > most


def test_what_cannot_be_encoded_is_cut_all_the_same() -> None:
    """A lone surrogate becomes a question mark where the text is cut."""
    assert cut("\ud800" * 10, 3) == "???"


def test_cleaning_drops_what_no_column_takes() -> None:
    """White space of any kind becomes one blank."""
    assert clean(" a\0b\nc ", 100) == "ab c"
