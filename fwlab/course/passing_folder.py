"""A folder that passes with its program, however that ends: for what the shop writes in a lesson.

A program that ends puts its folder away. One that is killed cannot; and a kernel is killed often. So each folder has a
door, a file of SQLite that is locked as long as its program lives, for the system takes a lock from the dead. Whoever
makes the next folder tries the doors of those that are there, and takes away what is behind one that opens.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import sqlite3
import tempfile
import time
from functools import cache
from pathlib import Path

_DOOR = "door"
_NEW = 60.0  # seconds in which nobody looks at a folder: its door may not be locked yet


@cache
def passing_folder(name: str) -> Path:
    """Return the folder of this name that belongs to this program, and passes with it.

    Args:
        name: what it is for; the folder's name begins with it.

    Example:
        >>> passing_folder("burger-shop").name.startswith("burger-shop-")
        True
        >>> passing_folder("burger-shop") == passing_folder("burger-shop")
        True
    """
    for left in Path(tempfile.gettempdir()).glob(f"{name}-*"):
        with contextlib.suppress(OSError, sqlite3.Error):  # it is in use, or somebody else's, or gone meanwhile
            _take_away(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    door = _locked(folder / _DOOR)

    def put_away() -> None:
        door.close()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(put_away)
    return folder


def _take_away(folder: Path) -> None:
    door = folder / _DOOR
    if door.exists() and folder.stat().st_mtime < time.time() - _NEW:
        with contextlib.closing(_locked(door)):
            shutil.rmtree(folder, ignore_errors=True)


def _locked(door: Path) -> sqlite3.Connection:
    """Return a connection that holds the lock; raise ``sqlite3.OperationalError`` where another program does."""
    connection = sqlite3.connect(door, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except BaseException:
        connection.close()
        raise
    return connection
