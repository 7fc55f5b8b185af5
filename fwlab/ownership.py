"""Whose code is it: the user's own, or the standard library's, an installed package's or fwlab's.

A timeline that names the culprit's line and a traceback that is cut to the learner's lines both ask this question.
"""

from __future__ import annotations

import linecache
import sysconfig
from functools import lru_cache
from pathlib import Path

_FWLAB = Path(__file__).resolve().parent
_LIBRARIES = {_FWLAB, *(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib"))}
_INSTALLED = {"site-packages", "dist-packages"}


def is_users_file(filename: str) -> bool:
    """Tell whether code of that file is the user's own.

    A notebook's cell counts as a file of the user's: its name is made up, but :mod:`linecache` knows its text.

    Args:
        filename: as code objects have it (``co_filename``).

    Example:
        >>> import json
        >>> is_users_file(json.__file__), is_users_file("/home/ada/burgers.py")
        (False, True)
    """
    if filename.startswith("<"):
        return not filename.startswith("<frozen") and bool(linecache.getlines(filename))
    return _is_outside_libraries(filename)


@lru_cache(maxsize=4096)
def _is_outside_libraries(filename: str) -> bool:
    path = Path(filename).resolve()
    return _LIBRARIES.isdisjoint(path.parents) and _INSTALLED.isdisjoint(path.parts)
