"""The learner's one file, ``fwlab-progress.json``: readable, theirs to move and to keep, and never written over.

Who wants to note something takes a lock, reads what is there now, adds to it, and puts the whole file in its place: so
two kernels that write at once lose nothing, and who only reads never finds half a file. A file that is no progress (an
edit gone wrong, a merge of git's left in it) is put aside under another name, not overwritten.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from fwlab.grading.build import PRACTICE
from fwlab.grading.errors import GradingError
from fwlab.grading.learner.records import VERSION, Progress
from fwlab.lab.errors import LabError
from fwlab.lab.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "fwlab-progress.json"
PROGRESS_VARIABLE = "FWLAB_PROGRESS"
"""The environment variable that names another file; ``off``: nothing is written down."""

_COURSE = ("notebooks", PRACTICE)  # what the folder of a learner has in it
_MEND = "Mend it, or give it another name and begin a new one."
_of_this_process = Progress()
_PATIENCE = 10.0  # seconds to wait for another kernel, which needs a hundredth of one


class ProgressError(GradingError):
    """The progress file cannot be read or written; the message says why, and what to do."""


def progress_path(start: Path | None = None) -> Path | None:
    """Return where a learner's progress is, or would be; ``None`` where the environment variable says ``off``.

    It is the file that the environment variable ``FWLAB_PROGRESS`` names; else the one of the nearest folder, from
    `start` upwards, that has such a file or is the learner's copy of the course; else it would be in `start`.

    Args:
        start: where the learner works. Default: the current folder.
    """
    if (chosen := os.environ.get(PROGRESS_VARIABLE)) is not None:
        return None if chosen.lower() in ("", "off") else Path(chosen).absolute()
    start = (start or Path.cwd()).absolute()
    for folder in (start, *start.parents):
        if (folder / NAME).is_file() or all((folder / part).is_dir() for part in _COURSE):
            return folder / NAME
    return start / NAME


def read_progress(path: Path | None) -> Progress:
    """Return what a file remembers; nothing, where there is none. Without a path: what this process remembers.

    Raises:
        ProgressError: it cannot be read, or is no progress.
    """
    if path is None:
        return _of_this_process
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Progress()
    except OSError as error:
        raise ProgressError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise _NoProgressError(f"{path} is damaged: it is not text. {_MEND}") from None
    return _progress_of(content, path)


def update_progress(path: Path | None, change: Callable[[Progress], None]) -> Progress:
    """Change what a file remembers, and return what it remembers then.

    Args:
        path: the file; ``None``: remember it until this process ends.
        change: is given what is there now, and changes it.

    Raises:
        ProgressError: it cannot be read or written. A file that is no progress was put aside under the name that the
            message has, and the change is in a new one.

    Example:
        >>> def a_hint(progress):
        ...     progress.task("e01.1").hints += 1
        >>> update_progress(None, a_hint).task("e01.1").hints
        1
    """
    if path is None:
        change(_of_this_process)
        return _of_this_process
    from filelock import FileLock, Timeout  # here, for those who only judge have no use for it

    path = Path(os.path.realpath(path))  # a link stays a link
    aside = None
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_PATIENCE):
            try:
                progress = read_progress(path)
            except _NoProgressError:
                aside = _put_aside(path)
                progress = Progress()
            change(progress)
            write_whole(path, progress.text())
    except Timeout:
        raise ProgressError(f"{path} cannot be written: another program has held it for {_PATIENCE:g} s.") from None
    except LabError as error:
        raise ProgressError(str(error)) from None
    except OSError as error:
        raise ProgressError(f"{str(path)!r} cannot be written: {error.strerror}.") from None
    if aside is not None:
        raise ProgressError(
            f"{path} was damaged and is now {aside.name}; a new one has been begun. "
            f"Mend the old one and bring it back with: fwlab progress --merge {aside.name}"
        )
    return progress


def near(path: Path) -> str:
    """Return how a message names a file: from the current folder, where there is a way."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return str(path)


def now() -> str:
    """Return this moment in UTC, to the second, as ISO 8601 writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _NoProgressError(ProgressError):
    """The file is there, and is something else."""


def _progress_of(content: str, path: Path) -> Progress:
    try:
        document = json.loads(content)
        if not isinstance(document, dict) or "fwlab_progress" not in document:
            raise _NoProgressError(f"{path} is not a learner's progress: it has no fwlab_progress. {_MEND}")
        progress = Progress.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise _NoProgressError(f"{path} is damaged at {place}: {first['msg']}. {_MEND}") from None
    except (ValueError, RecursionError):
        raise _NoProgressError(f"{path} is damaged: it is not JSON. {_MEND}") from None
    if progress.fwlab_progress > VERSION:
        raise ProgressError(f"{path} was written by a newer fwlab than this one. Update fwlab to go on with it.")
    return progress


def _put_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    return path.rename(aside)
