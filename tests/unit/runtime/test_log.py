"""What a line of a log looks like."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from services.runtime import log


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Give the tests' own handlers back."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def written(monkeypatch: pytest.MonkeyPatch, form: str, **fields: object) -> str:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    log.configure("links", form=form)
    log.get("part").warning("something_happened", **fields)
    return stream.getvalue()


def test_json_is_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """One object a line, the event first."""
    line = json.loads(written(monkeypatch, "json", count=3))
    assert next(iter(line)) == "event"
    assert (line["event"], line["level"], line["service"], line["count"]) == (
        "something_happened",
        "warning",
        "links",
        3,
    )


def test_text_is_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in a line that is read at a glance; a value cannot begin another line."""
    line = written(monkeypatch, "text", count=3, what="a\nb")
    assert line.endswith(' WARNING links     something_happened count=3 what="a\\nb"\n')


def test_text_has_the_stack_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at a terminal looks for the cause."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    log.configure("links", form="text")
    log.get("part").failure("broke", ValueError("why"))
    assert stream.getvalue().splitlines()[-1] == "ValueError: why"
