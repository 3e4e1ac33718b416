"""Run a program that dies with its parent.

Usage: die_with_parent.py PARENT_PID SIGNAL NICENESS POLICY USER LOG LOG_BYTES PROGRAM ARGUMENT...

A program of its own and not a function that runs between fork and exec, which is unsafe in a process with threads. It
keeps the process id, since it replaces itself by the program. An empty USER changes nothing; POLICY is batch or normal.
"""

import ctypes
import os
import pwd
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_OUTPUTS = (1, 2)
# A tenth of a second apart is what the kernel allows.
_TRIES = 20
_PAUSE_SECONDS = 0.05


def main() -> None:
    """Change what is asked for, have the kernel signal the parent's death, then become the program."""
    parent, death_signal, niceness, policy, user, log, log_bytes, *command = sys.argv[1:]
    _log_to(log, int(log_bytes))
    _stand_back(int(niceness), is_batch=policy == "batch")
    if user:
        _become(user)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != int(parent):
            sys.exit("the parent is gone")
    os.execvp(command[0], command)  # noqa: S606 - No shell is wanted.


def _log_to(path: str, limit_bytes: int) -> None:
    """Let another process write what the program says; it ends when nobody can say anything any more."""
    # Isolated Python does not look beside its script.
    sys.path.insert(0, str(Path(__file__).parent))
    import log_writer  # type: ignore[import-not-found] # noqa: PLC0415 - found by the line above

    log = log_writer.open_log(path)
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        # Out of the program's group, which may be killed, and no child of the program, which does not expect one.
        os.setsid()
        if os.fork() == 0:
            # Nothing else that was inherited: with the pipe's other end here it would never end.
            os.dup2(source, 0)
            os.dup2(log, 1)
            os.closerange(2, os.sysconf("SC_OPEN_MAX"))
            log_writer.write(0, 1, path, limit_bytes)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(source)
    os.close(log)
    for output in _OUTPUTS:
        os.dup2(target, output)
    os.close(target)


def _stand_back(niceness: int, *, is_batch: bool) -> None:
    """Let others go first when processors are short.

    Where the kernel shares processors out by session first (autogroup, as most distributions have it), niceness counts
    only among the programs of one session, and each of ours has its own: there the session gets it, too.
    """
    os.nice(niceness)
    if sys.platform != "linux":
        return
    if niceness:
        _stand_back_as_session(niceness)
    if is_batch:
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _stand_back_as_session(niceness: int) -> None:
    for _ in range(_TRIES):
        try:
            Path("/proc/self/autogroup").write_text(str(niceness))
        except BlockingIOError:
            # Of all that are not root, the kernel lets one at a time.
            time.sleep(_PAUSE_SECONDS)
        except OSError:
            return
        else:
            return


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


if __name__ == "__main__":
    main()
