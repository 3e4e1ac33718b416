"""Programs with several commands."""

import subprocess
import sys

import pytest


def ran(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("services.links", "migarte"), "usage: python -m services.links [migrate | admin]\n"),
        (("services.analytics", "check", "now"), "now is an argument too many\n"),
        (("services.links", "migrate"), "LINKMETER_POSTGRES_URL"),
        (("services.analytics",), "LINKMETER_POSTGRES_URL"),
    ],
    ids=["unknown command", "superfluous argument", "missing setting", "missing setting to serve"],
)
def test_a_wrong_command_line_ends_with_a_line(arguments: tuple[str, ...], says: str) -> None:
    """And with nothing done."""
    done = ran(*arguments)
    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("service", ["services.links", "services.analytics"])
def test_a_command_imports_what_it_needs_alone(service: str) -> None:
    """Tables are brought up to date at every start, which waits for it."""
    done = ran(service, "migrate", PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "asyncpg" in imported
    assert {"grpc", "duckdb", "redis", "httpx"}.isdisjoint(imported)
