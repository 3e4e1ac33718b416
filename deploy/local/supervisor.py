"""Keeps the whole system running until it is told to stop."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from deploy.local import greeting
from deploy.local.data_folder import DataFolder
from deploy.local.errors import CannotStartError
from deploy.local.ports import is_free
from deploy.local.settings import LocalSettings
from deploy.local.stack import Stack

_POLL_SECONDS = 0.1
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
# A program that ran for so long is healthy: its next end starts the pauses anew.
_HEALTHY_SECONDS = 30.0
# A second signal is often an echo of the first: make passes on what the terminal sent to all.
_ECHO_SECONDS = 2.0


def supervise(settings: LocalSettings) -> int:
    """Run the system until SIGINT or SIGTERM; return the exit status."""
    folder = DataFolder(settings.data_folder)
    _on_signals(_interrupt)
    try:
        folder.take()
        _check_port(settings.port)
        _run(settings, folder)
    except CannotStartError as problem:
        _say(f"Linkmeter cannot start: {problem}")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        folder.release()
    return 0


def _run(settings: LocalSettings, folder: DataFolder) -> None:
    api_key = settings.api_key or (greeting.new_api_key() if folder.is_first_run else "")
    stack = Stack(settings, folder, api_key=api_key, say=_say)
    started = time.monotonic()
    _say(f"Linkmeter keeps its data in {folder.path}")
    for name in settings.unknown:
        _say(f"Note: {name} is no setting of Linkmeter and is ignored")
    try:
        sign_in: list[str] = []
        stack.start(lambda: sign_in.append(greeting.sign_in_address(folder.read_operator_settings())))
        greeting.greet(settings, sign_in=sign_in[0], api_key=api_key, is_generated=not settings.api_key, say=_say)
        if api_key:
            folder.remember_first_key(api_key)
        _say(f"Ready after {time.monotonic() - started:.1f} s. Logs: {folder.logs}. Ctrl-C stops everything.")
        Watch(stack, _say).keep_running()
    except CannotStartError:
        stack.stop()
        raise
    except BaseException:
        _stop(stack)
        raise


def _stop(stack: Stack) -> None:
    began = time.monotonic()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if time.monotonic() - began > _ECHO_SECONDS:
            _say("Killing everything")
            stack.kill()

    _on_signals(on_signal)
    _say("Stopping ...")
    stack.stop()
    _say("Stopped. Everything is kept.")


@dataclass(slots=True)
class _Outage:
    """A program that ended and when it is to be started again."""

    pause: float = _FIRST_PAUSE_SECONDS
    start_at: float = 0.0
    started_at: float = 0.0
    is_waiting: bool = False
    is_recovering: bool = False


class Watch:
    """Starts again what ends."""

    def __init__(self, stack: Stack, say: Callable[[str], None], now: Callable[[], float] = time.monotonic) -> None:
        self._stack = stack
        self._say = say
        self._now = now
        self._outages: dict[str, _Outage] = {}

    def keep_running(self) -> None:
        """Watch for ever."""
        while True:
            self.look()
            time.sleep(_POLL_SECONDS)

    def look(self) -> None:
        """Do for each program what is due."""
        for name, process in list(self._stack.processes.items()):
            if not process.is_running:
                self._restart_when_due(name)
            elif name in self._outages:
                self._note_recovery(name)

    def _restart_when_due(self, name: str) -> None:
        outage = self._outages.setdefault(name, _Outage())
        now = self._now()
        if not outage.is_waiting:
            if outage.started_at and now - outage.started_at > _HEALTHY_SECONDS:
                outage.pause = _FIRST_PAUSE_SECONDS
            ended = self._stack.processes[name].describe_end()
            self._say(f"{name} {ended}; starting it again in {outage.pause:.1f} s")
            outage.start_at = now + outage.pause
            outage.pause = min(outage.pause * 2, _LONGEST_PAUSE_SECONDS)
            outage.is_waiting = True
        elif now >= outage.start_at:
            # What it left behind in its process group would hold its port.
            self._stack.kill_part(name)
            self._stack.start_part(name)
            outage.started_at = now
            outage.is_waiting = False
            outage.is_recovering = True

    def _note_recovery(self, name: str) -> None:
        outage = self._outages[name]
        if outage.is_recovering and self._stack.is_ready(name):
            outage.is_recovering = False
            self._say(f"{name} is back")


def _check_port(port: int) -> None:
    # Envoy shares its port with other programs that allow it, so it would not notice.
    if not is_free(port, "0.0.0.0", "::"):
        raise CannotStartError(f"port {port} is in use; choose another with LINKMETER_PORT")


def _on_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Once: a second one must not break off the orderly stop that the first one begins.
    _on_signals(signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(line, flush=True)
