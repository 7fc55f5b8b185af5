"""What a copy of this process must not hold on to.

A process pool that is forked from a notebook's kernel (the default on Linux before Python 3.14) inherits every open
file, the listening sockets of servers too: after the server's end, clients still connect, to nobody, and the port stays
taken. So each forked copy lets go of them first. What is started by ``exec`` inherits none of them anyway (PEP 446).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Iterable


class HoldsFiles(Protocol):
    """Something with open files that belong to this process alone."""

    def descriptors(self) -> Iterable[int]:
        """The files' descriptors; numbers below 0 are closed ones."""


_holders: WeakSet[HoldsFiles] = WeakSet()
_registered = False


def keep_from_forks(holder: HoldsFiles) -> None:
    """From now on, forked copies of this process let go of the holder's files."""
    global _registered
    _holders.add(holder)
    if not _registered and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_let_go)
        _registered = True


def _let_go() -> None:
    # Not closed but pointed elsewhere: the objects' copies believe that their descriptors are open, and would one day
    # close whatever had got the number in the meantime.
    nothing = os.open(os.devnull, os.O_RDWR)
    for holder in list(_holders):
        for descriptor in holder.descriptors():
            if descriptor >= 0:
                os.dup2(nothing, descriptor, inheritable=False)
    os.close(nothing)
