"""The README's table of settings is whole."""

import re
from pathlib import Path

from deploy.local import settings

README = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_table_and_nothing_else() -> None:
    """Whoever adds a setting tells the people who run the thing."""
    table = README[README.index("## Settings") : README.index("## Licence")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `LINKMETER_")]
    assert {name for row in rows for name in re.findall(r"`(LINKMETER_[A-Z_]+)`", row)} == settings.read({}).known
