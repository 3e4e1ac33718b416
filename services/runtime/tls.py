"""Certificates between services: shown by both sides, signed by one authority, renewed without a restart."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.runtime import log
from services.runtime.settings import Environment

_NAMES: Final = ("LINKMETER_TLS_CERT", "LINKMETER_TLS_KEY", "LINKMETER_TLS_CA")
# How often clients look whether files have changed; servers look at each new connection.
LOOK_SECONDS: Final = 1.0

_logger = log.get(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Where the own certificate (with its chain), its key and the authority's certificate are, all as PEM."""

    certificate: Path
    key: Path
    authority: Path

    def signature(self) -> tuple[tuple[int, int, int], ...]:
        """Return what differs when a file is replaced or written; raise OSError while one is missing."""
        states = [path.stat() for path in (self.certificate, self.key, self.authority)]
        return tuple((state.st_ino, state.st_mtime_ns, state.st_size) for state in states)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The content of the files at one moment."""

    certificate: bytes
    key: bytes
    authority: bytes


def read_tls(environment: Environment, *, must_exist: bool = True) -> TlsFiles | None:
    """Read the three paths: all of them or none."""
    paths = [environment.text(name, "") for name in _NAMES]
    if not any(paths):
        return None
    for name, path in zip(_NAMES, paths, strict=True):
        if not path:
            environment.complain(f"{name} is required when {' or '.join(n for n in _NAMES if n != name)} is given")
        elif must_exist and not Path(path).is_file():
            environment.complain(f"{name}: there is no file {path!r}")
    files = TlsFiles(**dict(zip(("certificate", "key", "authority"), map(Path, paths), strict=True)))
    if must_exist and not environment.has_problems:
        try:
            load(files)
        except (OSError, ValueError) as problem:
            environment.complain(f"{_NAMES[0]}, {_NAMES[1]} and {_NAMES[2]} cannot be used together: {problem}")
    return files


def read_peer_name(environment: Environment, peer: str) -> str:
    """Read which name a peer's certificate must hold: by default what the service is called."""
    return environment.text(f"LINKMETER_{peer.upper()}_TLS_NAME", peer)


def read_http_tls(environment: Environment, files: TlsFiles | None) -> str:
    """Read how redirect's HTTP port is protected; without certificates it is not."""
    mode = environment.choice("LINKMETER_HTTP_TLS", ("off", "on", "mutual"), "mutual" if files else "off")
    if mode != "off" and files is None:
        environment.complain(f"LINKMETER_HTTP_TLS={mode} needs {', '.join(_NAMES)}")
    return mode


def load(files: TlsFiles) -> Credentials:
    """Read files that belong together; raise OSError or ValueError while they do not (in a renewal)."""
    before = files.signature()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Of ssl, because gRPC would take files that do not fit, and then fail at each handshake.
    context.load_cert_chain(files.certificate, files.key, password=_no_password)
    context.load_verify_locations(files.authority)
    credentials = Credentials(
        certificate=files.certificate.read_bytes(),
        key=files.key.read_bytes(),
        authority=files.authority.read_bytes(),
    )
    if files.signature() != before:
        raise ValueError("the files are being replaced")
    return credentials


class Watched:
    """The credentials in force: those of the files, or the last ones that could be used."""

    def __init__(
        self, files: TlsFiles, *, look_seconds: float = 0.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._files = files
        self._look_seconds = look_seconds
        self._monotonic = monotonic
        self._looked_at = monotonic()
        self._signature = files.signature()
        self.current = load(files)

    def renewed(self) -> Credentials | None:
        """Return new credentials when there are any since the last call, else None."""
        now = self._monotonic()
        if now - self._looked_at < self._look_seconds:
            return None
        self._looked_at = now
        try:
            signature = self._files.signature()
            if signature == self._signature:
                return None
            fresh = load(self._files)
        except (OSError, ValueError) as problem:
            # ssl.SSLError is an OSError. The old ones go on; the next call looks again.
            _logger.warning("certificates_refused", error=str(problem))
            return None
        self._signature = signature
        if fresh == self.current:
            return None
        self.current = fresh
        _logger.info("certificates_renewed")
        return fresh


def _no_password() -> str:
    # Without it OpenSSL would ask at the terminal.
    raise ValueError("the key is encrypted")
