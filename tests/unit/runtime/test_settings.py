"""Settings are parsed once, and mistakes are named."""

import pytest

from services.runtime.settings import Environment, SettingsError


def test_every_mistake_is_named_at_once() -> None:
    """An operator mends all wrong settings after one start, not one after each."""
    env = Environment({"PORT": "70000", "MODE": "fast", "LIMITS": "yes", "ADDRESS": "nowhere"})
    env.integer("PORT", 8080, 1, 65535)
    env.choice("MODE", ("full", "none"), "full")
    env.flag("LIMITS", default=True)
    env.address("ADDRESS")
    env.text("SECRET")
    with pytest.raises(SettingsError) as caught:
        env.check()
    lines = str(caught.value).splitlines()
    assert [line.split()[0] for line in lines] == ["PORT", "MODE", "LIMITS", "ADDRESS", "SECRET"]


def test_defaults_serve_where_nothing_is_set() -> None:
    """An empty variable is as good as none."""
    env = Environment({"PORT": "", "HOSTS": " a.example, b.example ,"})
    assert env.integer("PORT", 8080, 1, 65535) == 8080
    assert env.text("NAME", "x") == "x"
    assert env.listing("HOSTS") == ("a.example", "b.example")
    assert env.flag("LIMITS", default=True) is True
    env.check()


def test_a_short_secret_is_refused() -> None:
    """Secrets have a minimum length."""
    env = Environment({"SECRET": "short"})
    env.text("SECRET", minimum_length=32)
    with pytest.raises(SettingsError, match="SECRET must have at least 32 characters"):
        env.check()


def test_parsers_say_why() -> None:
    """A parser's reason stands behind the setting's name."""
    env = Environment({"WHEN": "tomorrow"})
    assert env.parsed("WHEN", int, 0) == 0
    with pytest.raises(SettingsError, match="WHEN: invalid literal"):
        env.check()
