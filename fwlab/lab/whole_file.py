"""A file is written whole or not at all: who reads it never finds half of it, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from fwlab.lab.errors import LabError


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file, text as UTF-8, in place of what was there; where that fails, what was there stays.

    Raises:
        LabError: the file cannot be written; the message says why.
    """
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    try:
        descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.chmod(partial, _mode_of(path))
            os.replace(partial, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(partial)
            raise
    except OSError as error:
        raise LabError(f"{str(path)!r} cannot be written: {error.strerror}.") from None
    return path


def _mode_of(path: Path) -> int:
    """The permissions that the file has, or that a new one gets (a temporary file is for its owner only)."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
