"""The origins by name: what each is asked for, and the class that reads it, which is loaded only when it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from importlib import import_module
from pathlib import Path
from typing import cast

from linkmeter.moving.origin import Origin


class OptionKind(Enum):
    """What an option's value is."""

    TEXT = auto()
    FILE = auto()  # the path of a file that is there
    SECRET = auto()  # never an argument, where a list of processes shows it: from the environment, or asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that an origin has to be told. Its name is the keyword of the origin's constructor."""

    name: str
    help: str
    kind: OptionKind = OptionKind.TEXT
    is_argument: bool = False  # stands behind the origin's name, without its own: linkmeter import yourls DUMP
    is_required: bool = False
    default: str = ""  # what the constructor is given when nothing was said
    environment: str = ""  # variable that is read when nothing was said; of a SECRET it is the first choice


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginKind:
    """An origin that `linkmeter import` knows."""

    name: str
    summary: str
    factory: str  # "module:callable" below linkmeter.moving.origins; takes the options by keyword
    options: tuple[Option, ...]

    def open(self, values: Mapping[str, str | Path]) -> Origin:
        """Return the origin for the options' values. Raise OriginError when it cannot be read at all."""
        module, _, attribute = self.factory.partition(":")
        factory = getattr(import_module(f"linkmeter.moving.origins.{module}"), attribute)
        return cast("Origin", factory(**values))


# In the order in which help lists them. A line each, its class in linkmeter/moving/origins/.
ORIGINS: tuple[OriginKind, ...] = ()


def find_origin(name: str) -> OriginKind | None:
    """Return the origin of this name; None when there is none."""
    return next((kind for kind in ORIGINS if kind.name == name), None)
