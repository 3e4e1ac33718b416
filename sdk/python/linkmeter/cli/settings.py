"""Where the program finds its server: profiles in `config.toml`, variables of the environment, options.

An option comes before a variable, and a variable before the profile. The file is
`~/.config/linkmeter/config.toml` on Linux (XDG_CONFIG_HOME is obeyed), and where each other system keeps settings.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import platformdirs

from linkmeter.cli import private_files
from linkmeter.cli.exits import MisuseError

DEFAULT_PROFILE: Final = "default"
_NAME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_LONGEST_NAME: Final = 64
# What a profile may say, with its meaning.
PROFILE_KEYS: Final = {
    "url": "the server's public address, for instance https://sho.rt",
    "domain": "the domain (host name) of new links; default: the installation's own",
    "time_zone": "the time zone of statistics, an IANA name; default: this machine's",
}
# Where `login` put the key: written by the program alone.
_KEY_STORAGE: Final = "key_storage"


@dataclass(frozen=True, slots=True)
class Profile:
    """One account at one server: its settings by name, and where its API key is kept (`keyring`, `file`, or "")."""

    values: Mapping[str, str] = field(default_factory=dict)
    key_storage: str = ""

    @property
    def url(self) -> str:
        """The server's public address; empty when the profile has none."""
        return self.values.get("url", "")


@dataclass(frozen=True, slots=True)
class Config:
    """The content of `config.toml`: profiles by name, and the one that is used when none is named."""

    profile: str = DEFAULT_PROFILE
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def having(self, name: str, profile: Profile) -> "Config":
        """Return the same with a profile put in the place of the one of its name."""
        return replace(self, profiles={**self.profiles, name: profile})

    def without(self, name: str) -> "Config":
        """Return the same without a profile; the default is used when it was the one in use."""
        rest = {other: profile for other, profile in self.profiles.items() if other != name}
        return Config(self.profile if self.profile != name else DEFAULT_PROFILE, rest)


def config_folder() -> Path:
    """Return the folder of the settings, which may not be there yet."""
    return platformdirs.user_config_path("linkmeter", appauthor=False)


def config_file() -> Path:
    """Return the path of `config.toml`."""
    return config_folder() / "config.toml"


def read() -> Config:
    """Read the settings; without a file there are none.

    Raises MisuseError, which names the file, when it is not what this program writes.
    """
    path = config_file()
    text = private_files.read(path)
    if text is None:
        return Config()
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise MisuseError(f"{path} is not TOML: {problem}") from problem
    profiles = content.get("profiles", {})
    in_use = content.get("profile", DEFAULT_PROFILE)
    if not isinstance(profiles, dict) or not isinstance(in_use, str):
        raise MisuseError(f"{path}: profile has to be a name, and profiles a table")
    return Config(in_use, {str(name): _profile(path, str(name), entry) for name, entry in profiles.items()})


def _profile(path: Path, name: str, entry: object) -> Profile:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise MisuseError(f"{path}: profiles.{name} has to be a table of texts")
    unknown = set(entry) - set(PROFILE_KEYS) - {_KEY_STORAGE}
    if unknown:
        known = ", ".join(PROFILE_KEYS)
        raise MisuseError(f"{path}: profiles.{name} has {', '.join(sorted(unknown))}; known are {known}")
    values = {key: value for key, value in entry.items() if key in PROFILE_KEYS}
    if values.get("url"):
        values["url"] = server_url(values["url"])
    return Profile(values, entry.get(_KEY_STORAGE, ""))


def write(config: Config) -> None:
    """Write the settings, whole or not at all."""
    lines = [f"profile = {private_files.quoted(config.profile)}"]
    for name, profile in sorted(config.profiles.items()):
        lines += ["", f"[profiles.{private_files.quoted(name)}]"]
        entry = {**profile.values, **({_KEY_STORAGE: profile.key_storage} if profile.key_storage else {})}
        lines += [f"{key} = {private_files.quoted(value)}" for key, value in entry.items() if value]
    private_files.write(config_file(), "\n".join(lines) + "\n")


def profile_name(option: str, config: Config) -> str:
    """Return which profile is meant: the option's, LINKMETER_PROFILE's, or the one in use.

    Raises MisuseError when that is no name: 1 to 64 letters, digits and `_ - .`.
    """
    name = option or os.environ.get("LINKMETER_PROFILE", "") or config.profile
    if not name or len(name) > _LONGEST_NAME or not set(name) <= _NAME_CHARACTERS:
        raise MisuseError(f"{name!r} is no name for a profile: 1 to 64 letters, digits and _ - .")
    return name


def server_url(text: str) -> str:
    """Return a server's address as this program keeps it: scheme, host, port, without a slash at the end.

    Raises MisuseError when it is not the http or https address of a server.
    """
    cleaned = text.strip().rstrip("/")
    try:
        parts = urlsplit(cleaned)
        host, port = parts.hostname, parts.port
    except ValueError as problem:
        raise MisuseError(f"{text!r} is no address of a server: {problem}") from problem
    if parts.scheme not in {"http", "https"} or not host:
        raise MisuseError(f"{text!r} is no address of a server: it begins with http:// or https:// and has a host")
    if (
        parts.path
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
        or not cleaned.isprintable()
        or " " in cleaned
    ):
        raise MisuseError(f"{text!r} is no address of a server: only scheme, host and port, as in https://sho.rt")
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}" + (f":{port}" if port is not None else "")
