"""Fixtures of the command line's tests."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.system import System
from tests.support.warm_program import WarmProgram


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmProgram]:
    """Load the program once for all tests of this process."""
    program = WarmProgram()
    yield program
    program.close()


@pytest.fixture
def program(warm: WarmProgram, tmp_path: Path) -> CommandLine:
    """Return the program on a machine where nobody has logged in."""
    return CommandLine(warm, tmp_path, {})


@pytest.fixture
def linkmeter(warm: WarmProgram, tmp_path: Path, system: System) -> CommandLine:
    """Return the program as the first owner of the running system uses it."""
    return CommandLine(warm, tmp_path, {"LINKMETER_URL": system.base_url, "LINKMETER_API_KEY": system.api_key})


@pytest.fixture
def code() -> Callable[[], str]:
    """Return what makes codes that no other test uses."""
    return lambda: f"cli-{os.urandom(4).hex()}"
