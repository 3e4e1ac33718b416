"""Numbered SQL files."""

from pathlib import Path

import pytest

from services.runtime.postgres import read_migrations


def written(folder: Path, *names: str) -> Path:
    """Write empty migrations."""
    for name in names:
        (folder / name).write_text("")
    return folder


def test_migrations_are_read_by_number(tmp_path: Path) -> None:
    """Gaps are fine: changes that are made side by side take numbers in advance."""
    folder = written(tmp_path, "0002_b.sql", "0010_c.sql", "0001_a.sql")
    assert [migration.number for migration in read_migrations(folder)] == [1, 2, 10]


@pytest.mark.parametrize("name", ["0001_b.sql", "0000_a.sql", "1_a.sql", "first.sql", "0002-b.sql"])
def test_numbers_that_are_none_or_taken_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing is applied in an order by chance."""
    with pytest.raises(ValueError, match="should have a number of its own"):
        list(read_migrations(written(tmp_path, "0001_a.sql", name)))
