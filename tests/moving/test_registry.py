"""The origins that are offered are those that there are, and ask for what their classes take."""

import inspect
from importlib import import_module

import pytest

from linkmeter.moving.registry import ORIGINS, OriginKind


@pytest.mark.parametrize("kind", ORIGINS, ids=lambda kind: kind.name)
def test_options_are_the_keywords_of_the_factory(kind: OriginKind) -> None:
    module, _, name = kind.factory.partition(":")
    factory = getattr(import_module(f"linkmeter.moving.origins.{module}"), name)
    parameters = inspect.signature(factory).parameters
    assert {option.name for option in kind.options} <= parameters.keys()
    needed = {parameter.name for parameter in parameters.values() if parameter.default is parameter.empty}
    assert needed <= {option.name for option in kind.options if option.is_required}
    for option in kind.options:
        if not option.is_required:
            assert parameters[option.name].default == option.default
