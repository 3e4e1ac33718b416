"""Which server a command talks to, and with which key."""

import os
from dataclasses import dataclass, field

from linkmeter.cli import keys, settings
from linkmeter.cli.exits import MisuseError, NoKeyError
from linkmeter.cli.settings import Config, Profile


@dataclass(frozen=True, slots=True)
class Options:
    """What was said on the command line about the server: names of a profile and an address, or empty texts."""

    profile: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A server, the profile that led to it, and the key for it, which no text of this object shows."""

    url: str
    profile_name: str
    profile: Profile
    api_key: str = field(repr=False)


def find(options: Options, config: Config) -> Server:
    """Find the server and its key: the option's, the environment's, the profile's.

    The key of a profile is for the profile's own address: with another one, LINKMETER_API_KEY has to be there, too.
    Raises MisuseError when no server is named, NoKeyError when there is no key for it.
    """
    name = settings.profile_name(options.profile, config)
    if options.profile and name not in config.profiles and not address(options):
        known = ", ".join(config.profiles) or "none yet: linkmeter login"
        raise MisuseError(f"there is no profile {name!r}; there are: {known}")
    profile = config.profiles.get(name, Profile())
    url = address(options) or profile.url
    if not url:
        raise MisuseError("no server is known yet: linkmeter login https://…, --url or LINKMETER_URL")
    key = os.environ.get("LINKMETER_API_KEY", "")
    if key:
        return Server(url, name, profile, keys.checked_key(key))
    stored = keys.load(name, url, profile.key_storage) if profile.key_storage and profile.url == url else ""
    if not stored:
        raise NoKeyError(f"there is no API key for {url} in the profile {name}: linkmeter login {url}")
    return Server(url, name, profile, stored)


def address(options: Options) -> str:
    """Return the address that the command line or the environment names; empty when neither does."""
    named = options.url or os.environ.get("LINKMETER_URL", "")
    return settings.server_url(named) if named else ""
