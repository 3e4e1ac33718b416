"""What a shell offers to complete: codes of links as the server has them, profiles, domains.

A person waits for it with a finger on the key: the server is asked at most once a minute for the same beginning, and
for at most 300 ms (LINKMETER_COMPLETION_TIMEOUT). Whatever goes wrong, there is then nothing to offer, and no message
in the middle of a command line.
"""

import contextlib
import hashlib
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import platformdirs
import typer

from linkmeter.cli import connection, private_files, settings
from linkmeter.cli.connection import Options, Server
from linkmeter.client import Client

_PATIENCE_SECONDS: Final = 0.3
_LONGEST_PATIENCE_SECONDS: Final = 60
_FRESH_SECONDS: Final = 60
_MOST: Final = 500
# Shells read what is offered as words: nothing that they would take for more than a word.
_PLAIN_WORD: Final = re.compile(r"[\w.:-]+")


def link_codes(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer codes of the account's links that begin so, newest first."""

    def ask(server: Server) -> Iterable[str]:
        with _client(server) as client:
            return [link.code for link in next(client.links.list(query=incomplete, page_size=_MOST).pages()).items]

    return _offered(ctx, f"code {incomplete}", incomplete, ask)


def domains(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the host names that the account may create links in."""

    def ask(server: Server) -> Iterable[str]:
        with _client(server) as client:
            return [domain.host for domain in client.domains.list()]

    return _offered(ctx, "domain", incomplete, ask)


def profiles(incomplete: str) -> list[str]:
    """Offer the names of profiles."""
    with contextlib.suppress(Exception):
        return sorted(name for name in settings.read().profiles if name.startswith(incomplete))
    return []


def setting_names(incomplete: str) -> list[str]:
    """Offer the names of settings of a profile."""
    return [name for name in settings.PROFILE_KEYS if name.startswith(incomplete)]


def patience_seconds() -> float:
    """Return how long an answer is waited for: 0.3 seconds, or what LINKMETER_COMPLETION_TIMEOUT says, at most 60."""
    with contextlib.suppress(ValueError):
        told = float(os.environ.get("LINKMETER_COMPLETION_TIMEOUT", ""))
        if 0 < told <= _LONGEST_PATIENCE_SECONDS:
            return told
    return _PATIENCE_SECONDS


def forget() -> None:
    """Delete everything that was kept of servers' answers."""
    for path in _folder().glob("*.json"):
        path.unlink(missing_ok=True)


def _offered(ctx: typer.Context, question: str, incomplete: str, ask: Callable[[Server], Iterable[str]]) -> list[str]:
    """Return the answer to a question, kept or fetched, as far as it begins as it should."""
    found: list[str] = []

    def find() -> None:
        # Not a word about failures: see the module's first lines.
        with contextlib.suppress(Exception):
            found.extend(_kept_or_asked(_server(ctx), question, ask))

    # A thread of its own, because a locked keyring waits for ever, too.
    thread = threading.Thread(target=find, daemon=True)
    thread.start()
    thread.join(patience_seconds())
    return [word for word in dict.fromkeys(found) if word.startswith(incomplete) and _PLAIN_WORD.fullmatch(word)]


def _server(ctx: typer.Context) -> Server:
    before: dict[str, Any] = ctx.find_root().params
    told = {name: ctx.params.get(name) or before.get(name) or "" for name in ("profile", "url")}
    return connection.find(Options(**told), settings.read())


def _kept_or_asked(server: Server, question: str, ask: Callable[[Server], Iterable[str]]) -> list[str]:
    path = _folder() / f"{hashlib.sha256(f'{server.profile_name} {server.url}'.encode()).hexdigest()[:16]}.json"
    fresh = _fresh(path)
    if question not in fresh:
        fresh[question] = {"time": time.time(), "words": list(ask(server))}
        private_files.write(path, json.dumps(fresh), durable=False)
    return [str(word) for word in fresh[question]["words"]]


def _fresh(path: Path) -> dict[str, Any]:
    """Return the answers in a file that are less than a minute old; a clock that was put back makes none old."""
    try:
        kept = json.loads(private_files.read(path) or "{}")
        return {
            question: answer for question, answer in kept.items() if 0 <= time.time() - answer["time"] < _FRESH_SECONDS
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def _folder() -> Path:
    return platformdirs.user_cache_path("linkmeter", appauthor=False) / "completion"


def _client(server: Server) -> Client:
    # Its own timeout says nothing here: who waits is gone before.
    return Client(server.url, server.api_key)
