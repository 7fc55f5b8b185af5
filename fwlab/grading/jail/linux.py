"""Linux's own calls for a wall around a process. The one place that reaches into the C library for them.

Python has them in part, and only from 3.12 on. A call that the system refuses raises ``OSError`` and changes nothing.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC = (
    0x00020000,
    0x10000000,
    0x20000000,
    0x40000000,
    0x08000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
_MNT_DETACH = 2
_PR_SET_DUMPABLE, _PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 4, 1, 38, 24
_LAST_CAPABILITY = 40

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name for new ones."""
    _call("unshare", flags)


def mount(source: str, target: str, kind: str | None, flags: int = 0, options: str | None = None) -> None:
    """Mount a file system, or change a mount."""
    _call("mount", _bytes(source), _bytes(target), _bytes(kind), ctypes.c_ulong(flags), _bytes(options))


def detach(target: str) -> None:
    """Unmount what is mounted there, at once for new users."""
    _call("umount2", _bytes(target), _MNT_DETACH)


def pivot_root(new: str, old: str) -> None:
    """Make a mounted folder the root, and put the old root into another."""
    number = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine)
    if number is None:
        raise OSError(38, "pivot_root has no number here that is known")
    _call("syscall", ctypes.c_long(number), _bytes(new), _bytes(old))


def no_new_privileges() -> None:
    """Give up, for this process and all that it starts, what a program could gain."""
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def not_dumpable() -> None:
    """Keep others from looking into this process."""
    _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def end_with_parent() -> None:
    """Let the system kill this process when the thread that started it ends."""
    _call("prctl", _PR_SET_PDEATHSIG, 9, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up all that root may do, in a namespace of users."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            _call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
        except OSError:
            break  # this system has fewer
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    none = (ctypes.c_uint32 * 6)()
    _call("capset", ctypes.byref(header), ctypes.byref(none))


def filter_calls(program: bytes) -> None:
    """Put a seccomp filter before the system calls of this process, for good."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    _call("prctl", 22, 2, ctypes.byref(Program(len(program) // 8, program)), 0, 0)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _call(name: str, *arguments: object) -> None:
    if _libc is None:
        raise OSError(38, f"{name} is Linux's")
    if getattr(_libc, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def forget() -> None:
    """Make no more of these calls in this process."""
    global _libc
    _libc = None
    globals().pop("ctypes", None)  # with it, memory itself could be written
