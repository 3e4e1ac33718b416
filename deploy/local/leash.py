"""Run a program that dies with its parent: leash.py PARENT_PID SIGNAL NICENESS USER PROGRAM ARGUMENT...

A program of its own and not a function that runs between fork and exec, which is unsafe in a process with threads. It
keeps the process id, since it replaces itself by the program. An empty USER changes nothing.
"""

import ctypes
import os
import pwd
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Change what is asked for, have the kernel signal the parent's death, then become the program."""
    parent, death_signal, niceness, user, *command = sys.argv[1:]
    os.nice(int(niceness))
    if user:
        _become(user)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != int(parent):
            sys.exit("the parent is gone")
    os.execvp(command[0], command)  # noqa: S606 - No shell is wanted.


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


if __name__ == "__main__":
    main()
