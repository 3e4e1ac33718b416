"""Where the API key of a profile is kept: in the system's keyring, or in a file that only its user reads.

A key belongs to the address that it was given for: it is never shown to another server.
"""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Final

from linkmeter.cli import private_files
from linkmeter.cli.exits import CommandError, MisuseError
from linkmeter.cli.settings import config_folder

_SERVICE: Final = "linkmeter"
_LONGEST_KEY: Final = 512


class KeyStorage(StrEnum):
    """Where a key is."""

    KEYRING = "keyring"
    FILE = "file"


def credentials_file() -> Path:
    """Return the path of the file for keys where there is no keyring."""
    return config_folder() / "credentials.toml"


def checked_key(text: str) -> str:
    """Return a key as it was typed or piped, without white space around it.

    Raises MisuseError, which does not repeat it, when it cannot be a key: empty, of more than 512 characters, or with
    characters that are not printable ASCII.
    """
    key = text.strip()
    if not key:
        raise MisuseError("no API key was given: type it, or pipe it in: linkmeter login URL < key.txt")
    if len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise MisuseError("that is no API key: one word of printable ASCII, lm_…")
    return key


def store(profile: str, url: str, key: str) -> KeyStorage:
    """Keep a key, in the keyring where there is one, and tell where it is now."""
    if _into_keyring(profile, url, key):
        _forget_in_file(profile)
        return KeyStorage.KEYRING
    entries = _read_file()
    entries[profile] = {"url": url, "api_key": key}
    _write_file(entries)
    return KeyStorage.FILE


def load(profile: str, url: str, storage: str) -> str:
    """Return the key of a profile for an address; empty when there is none.

    Raises CommandError when the keyring cannot be asked, or when others can read the file.
    """
    if storage == KeyStorage.KEYRING:
        return _from_keyring(profile, url)
    entry = _read_file().get(profile, {})
    return entry.get("api_key", "") if entry.get("url") == url else ""


def forget(profile: str, url: str, storage: str) -> None:
    """Delete the key of a profile, wherever it is."""
    if storage == KeyStorage.KEYRING:
        _out_of_keyring(profile, url)
    _forget_in_file(profile)


def _into_keyring(profile: str, url: str, key: str) -> bool:
    # Loaded here: it costs a tenth of a second, and most commands never need it.
    import keyring  # noqa: PLC0415

    try:
        keyring.set_password(_SERVICE, _entry(profile, url), key)
        return keyring.get_password(_SERVICE, _entry(profile, url)) == key
    except Exception:  # noqa: BLE001 - Whatever a backend raises, locked or absent: then it is the file.
        return False


def _from_keyring(profile: str, url: str) -> str:
    import keyring  # noqa: PLC0415

    try:
        return keyring.get_password(_SERVICE, _entry(profile, url)) or ""
    except Exception as problem:
        raise CommandError(f"the keyring does not give the API key: {problem or type(problem).__name__}") from problem


def _out_of_keyring(profile: str, url: str) -> None:
    import keyring  # noqa: PLC0415

    try:
        if keyring.get_password(_SERVICE, _entry(profile, url)) is not None:
            keyring.delete_password(_SERVICE, _entry(profile, url))
    except Exception as problem:
        raise CommandError(f"the keyring does not delete the key: {problem or type(problem).__name__}") from problem


def _entry(profile: str, url: str) -> str:
    return f"{profile} {url}"


def _forget_in_file(profile: str) -> None:
    entries = _read_file()
    if entries.pop(profile, None) is not None:
        _write_file(entries)


def _read_file() -> dict[str, dict[str, str]]:
    path = credentials_file()
    if private_files.is_open_to_others(path):
        raise CommandError(f"others can read {path}: chmod 600 it, and give a new key if they may have")
    try:
        content = tomllib.loads(private_files.read(path) or "")
    except tomllib.TOMLDecodeError as problem:
        raise CommandError(f"{path} is not TOML: {problem}") from problem
    entries = {name: entry for name, entry in content.items() if isinstance(entry, dict)}
    return {name: {str(key): str(value) for key, value in entry.items()} for name, entry in entries.items()}


def _write_file(entries: dict[str, dict[str, str]]) -> None:
    blocks = [
        "\n".join(
            [
                f"[{private_files.quoted(name)}]",
                *(f"{key} = {private_files.quoted(value)}" for key, value in entry.items()),
            ]
        )
        for name, entry in sorted(entries.items())
    ]
    private_files.write(credentials_file(), "\n\n".join(blocks) + "\n" if blocks else "")
