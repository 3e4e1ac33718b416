"""Every promise has tests, and every test that is named for a promise has one."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PROMISES = TESTS.parent / "docs" / "promises.md"


def test_promises_and_tests_are_the_same_list() -> None:
    """docs/promises.md numbers the promises; the tests of S1 are test_s01_….py, those of R1 test_r01_….py."""
    promised = set(re.findall(r"^- \*\*([SR]\d+)\*\*", PROMISES.read_text(encoding="utf-8"), re.MULTILINE))
    names = [re.match(r"test_([sr])(\d\d)_", path.name) for path in TESTS.rglob("test_*.py")]
    tested = {f"{name[1].upper()}{int(name[2])}" for name in names if name}
    assert tested - promised == set()
    assert promised - tested == set()
