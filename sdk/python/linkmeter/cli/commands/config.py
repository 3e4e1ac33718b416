"""`linkmeter config`: profiles, each an account at a server, and their settings."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final

import typer

from linkmeter.cli import completing, keys, settings, times
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import MisuseError
from linkmeter.cli.groups import Group
from linkmeter.cli.output import Fields, Row
from linkmeter.cli.settings import PROFILE_KEYS, Profile

config = Group(help="Show and change the profiles: where servers are, and what is usual there.")

_FIELDS: Final = Fields(
    ("profile", "in_use", *PROFILE_KEYS, "key_storage"), table=("profile", "in_use", "url", "domain", "key_storage")
)
_KEYS_HELP: Final = "; ".join(f"{name}: {meaning}" for name, meaning in PROFILE_KEYS.items())

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help=f"The setting. {_KEYS_HELP}.", autocompletion=completing.setting_names)
]
ProfileArgument = Annotated[
    str,
    typer.Argument(metavar="PROFILE", help="The profile.", autocompletion=completing.profiles, show_default=False),
]


@config.command("list")
def list_profiles(cli: Cli) -> None:
    """List the profiles."""
    in_use = settings.profile_name(cli.options.profile, cli.config)

    def rows() -> Iterator[Row]:
        for name, profile in sorted(cli.config.profiles.items()):
            yield {"profile": name, "in_use": name == in_use, **profile.values, "key_storage": profile.key_storage}

    cli.out.many(rows(), _FIELDS, empty="No profiles yet: linkmeter login")


@config.command("path")
def path(cli: Cli) -> None:
    """Print where the settings are kept."""
    cli.out.line(str(settings.config_file()))


@config.command("use")
def use(cli: Cli, name: ProfileArgument) -> None:
    """Use a profile from now on wherever none is named."""
    _known(cli, name)
    settings.write(replace(cli.config, profile=name))
    cli.say(f"{name} is used from now on.")


@config.command("get")
def get(cli: Cli, name: NameArgument) -> None:
    """Print a setting of the profile; an empty line when it has none."""
    _, profile = _profile(cli, name)
    cli.out.line(profile.values.get(name, ""))


@config.command("set")
def set_value(cli: Cli, name: NameArgument, value: Annotated[str, typer.Argument(help="The value.")]) -> None:
    """Give the profile a setting.

    An address that is not the one its API key was given for leaves the profile without a key: log in there.
    """
    profile_name, profile = _profile(cli, name)
    if name == "url":
        value = settings.server_url(value)
    elif name == "time_zone":
        times.time_zone(value)
    changed = replace(profile, values={**profile.values, name: value})
    if profile.key_storage and changed.url != profile.url:
        keys.forget(profile_name, profile.url, profile.key_storage)
        changed = replace(changed, key_storage="")
        cli.say(f"The API key was for {profile.url} and is forgotten: linkmeter login {changed.url}")
    settings.write(cli.config.having(profile_name, changed))


@config.command("unset")
def unset(cli: Cli, name: NameArgument) -> None:
    """Take a setting from the profile. Without its address a profile has no key either."""
    profile_name, profile = _profile(cli, name)
    if name == "url" and profile.key_storage:
        keys.forget(profile_name, profile.url, profile.key_storage)
        profile = replace(profile, key_storage="")
    rest = {key: value for key, value in profile.values.items() if key != name}
    settings.write(cli.config.having(profile_name, replace(profile, values=rest)))


@config.command("remove")
def remove(cli: Cli, name: ProfileArgument) -> None:
    """Forget a profile and its API key, which stays valid at the server."""
    kept = _known(cli, name)
    if kept.key_storage:
        keys.forget(name, kept.url, kept.key_storage)
    settings.write(cli.config.without(name))


def _known(cli: Cli, name: str) -> Profile:
    if name not in cli.config.profiles:
        raise MisuseError(f"there is no profile {name!r}; there are: {', '.join(cli.config.profiles) or 'none'}")
    return cli.config.profiles[name]


def _profile(cli: Cli, setting: str) -> tuple[str, Profile]:
    if setting not in PROFILE_KEYS:
        raise MisuseError(f"there is no setting {setting!r}; there are {', '.join(PROFILE_KEYS)}")
    name = settings.profile_name(cli.options.profile, cli.config)
    return name, cli.config.profiles.get(name, Profile())
