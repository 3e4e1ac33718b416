"""Read settings from the environment, once, with clear errors."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import NoReturn, TypeVar

from services.runtime.addresses import is_address

T = TypeVar("T")


class SettingsError(Exception):
    """One or more settings are missing or wrong; each line names one."""


class Asked(Mapping[str, str]):
    """Variables that remember which names they were asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._names: set[str] = set()

    @property
    def names(self) -> frozenset[str]:
        """The names asked for so far, whether there is such a variable or not."""
        return frozenset(self._names)

    def __getitem__(self, name: str) -> str:
        self._names.add(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def names_read(*readers: Callable[[Mapping[str, str]], object]) -> frozenset[str]:
    """Return the names of all settings that some functions read."""
    asked = Asked({})
    for read in readers:
        with suppress(SettingsError):
            read(asked)
    return asked.names


class Environment:
    """Typed access to environment variables that collects every mistake before it complains."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._problems: list[str] = []

    def text(self, name: str, default: str | None = None, *, minimum_length: int = 0) -> str:
        """Read a text; without default it is required."""
        value = self._variables.get(name, "")
        if not value:
            if default is None:
                self._problems.append(f"{name} is required")
            return default or ""
        if len(value) < minimum_length:
            self._problems.append(f"{name} must have at least {minimum_length} characters")
        return value

    def integer(self, name: str, default: int, minimum: int, maximum: int) -> int:
        """Read a whole number within bounds."""
        value = self._variables.get(name, "")
        if not value:
            return default
        try:
            number = int(value)
        except ValueError:
            number = minimum - 1
        if not minimum <= number <= maximum:
            self._problems.append(f"{name} must be a whole number from {minimum} to {maximum}, not {value!r}")
            return default
        return number

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """Read one of a few words."""
        value = self._variables.get(name, "") or default
        if value not in choices:
            self._problems.append(f"{name} must be one of {', '.join(choices)}, not {value!r}")
            return default
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Read on or off."""
        return self.choice(name, ("on", "off"), "on" if default else "off") == "on"

    def listing(self, name: str) -> tuple[str, ...]:
        """Read a comma-separated list; empty by default."""
        return tuple(item.strip() for item in self._variables.get(name, "").split(",") if item.strip())

    def address(self, name: str, default: str | None = None) -> str:
        """Read host:port or unix:PATH; without default it is required, with an empty default it may be absent."""
        value = self.text(name, default)
        if value and not is_address(value):
            self._problems.append(f"{name} must be host:port or unix:/a/short/path, not {value!r}")
        return value

    def parsed(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """Read with a parser that raises ValueError with the reason."""
        value = self._variables.get(name, "")
        if not value:
            return default
        try:
            return parse(value)
        except ValueError as problem:
            self._problems.append(f"{name}: {problem}")
            return default

    @property
    def has_problems(self) -> bool:
        """Whether anything read so far was missing or wrong."""
        return bool(self._problems)

    def complain(self, problem: str) -> None:
        """Note what is wrong about settings that are read together; the text names them."""
        self._problems.append(problem)

    def check(self) -> None:
        """Raise SettingsError when anything read so far was missing or wrong."""
        if self._problems:
            raise SettingsError("\n".join(self._problems))


def stop(program: str, problem: SettingsError) -> NoReturn:
    """End the program with one line for each wrong setting."""
    for line in str(problem).splitlines():
        sys.stderr.write(f"{program}: {line}\n")
    raise SystemExit(2)
