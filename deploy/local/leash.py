"""Run a program that dies with its parent: leash.py PARENT_PID SIGNAL PROGRAM ARGUMENT...

A program of its own and not a function that runs between fork and exec, which is unsafe in a process with threads. It
keeps the process id, since it replaces itself by the program.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel for the signal at the parent's death, then become the program."""
    parent, death_signal, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != int(parent):
            sys.exit("the parent is gone")
    os.execvp(command[0], command)  # noqa: S606 - No shell is wanted.


if __name__ == "__main__":
    main()
