"""The part of a traceback that its reader wrote.

A handler's exception passes through a server, a framework and perhaps a thread pool before anybody sees it; a person
who reads the traceback looks for their own lines.
"""

from __future__ import annotations

import os
from traceback import walk_tb
from typing import TYPE_CHECKING

from fwlab.places import is_users_file

if TYPE_CHECKING:
    from types import TracebackType


def from_users_code(traceback: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that begins at the user's first frame; all of it where none of theirs is in it."""
    part = traceback
    while part is not None:
        if is_users_file(part.tb_frame.f_code.co_filename):
            return part
        part = part.tb_next
    return traceback


def place_of(error: BaseException) -> str:
    """Name the user's line nearest to where an exception was raised: ``"line 3 of lifespan in shop.py"``, or ``""``."""
    place = ""
    for frame, line in walk_tb(error.__traceback__):
        code = frame.f_code
        if is_users_file(code.co_filename):
            file = f" in {os.path.basename(code.co_filename)}" if os.path.exists(code.co_filename) else ""
            place = f"line {line} of {code.co_qualname}{file}"
    return place
