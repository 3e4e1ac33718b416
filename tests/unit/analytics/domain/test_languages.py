"""The visitor's language."""

import pytest

from services.analytics.domain.languages import language_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en-US,en;q=0.9", "en-us"),
        ("de", "de"),
        ("pt_BR;q=0.8", "pt-br"),
        ("zh-Hant-TW, zh", "zh-hant-tw"),
        ("*", ""),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_the_first_language_counts(header: str, language: str) -> None:
    assert language_of(header) == language
