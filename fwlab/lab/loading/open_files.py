"""Room for many connections: each is an open file, and a process may have only so many."""

from __future__ import annotations

import os
import sys

from fwlab.lab.errors import LoadError

if sys.platform != "win32":
    import resource

_SPARE = 64  # files that the rest of the process may want to open meanwhile


def make_room(connections: int, *, both_ends: bool) -> None:
    """Raise this process's limit on open files, if so many connections need it.

    The system tells a process a soft limit, often 1024, and a hard one up to which it may raise that by itself. Without
    room, everything else in the process that opens a file would fail as well: in a kernel, the next import.

    Args:
        connections: how many there will be at once.
        both_ends: whether the server is in this process too, so that each takes two files.

    Raises:
        LoadError: the system does not allow so many.
    """
    if sys.platform == "win32":  # where sockets are no files
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    each = 2 if both_ends else 1
    wanted = connections * each + _open_now() + _SPARE
    if soft == resource.RLIM_INFINITY or wanted <= soft:
        return
    try:
        if hard != resource.RLIM_INFINITY and wanted > hard:
            raise ValueError
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):  # macOS has a further limit, of which getrlimit does not tell
        most = hard if hard != resource.RLIM_INFINITY else soft
        room = max(1, (most - _open_now() - _SPARE) // each)
        raise LoadError(
            f"load(users={connections}): each user's connection is {'two open files' if both_ends else 'an open file'} "
            f"of this process, which may have {most}. Write users={room} or fewer, or let the system allow more "
            "(ulimit -n)."
        ) from None


def _open_now() -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        if os.path.isdir(folder):
            return len(os.listdir(folder))
    return 0
