"""What was handed in: a folder, a zip or a single notebook a learner, as they come out of any learning platform.

All of it was written by strangers. Nothing is unpacked to the disk, no link is followed, and what is too large is left
where it is and said.
"""

from __future__ import annotations

import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fwlab.grading.errors import GradingError

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 5_000_000
"""Bytes of a notebook that is graded; a whole one with its figures seldom has a tenth of it."""

LARGEST_IN_ALL = 10 * LARGEST
"""Bytes of all notebooks of a submission together, and of a zip."""

_MOST_FILES = 50  # in one submission
_PASSED_OVER = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}


@dataclass(frozen=True)
class HandedIn:
    """One learner's submission."""

    learner: str
    path: Path


@dataclass(frozen=True)
class File:
    """A notebook of a submission: its name there, and its bytes, or why they are not read."""

    name: str
    content: bytes = b""
    refused: str = ""


def submissions_in(folder: Path) -> Iterator[HandedIn]:
    """Find the submissions in a folder, in the order of their names.

    Args:
        folder: its entries are the submissions: ``ada/``, ``ben.zip``, ``cleo.ipynb``. Others are passed over.

    Raises:
        GradingError: it is no folder.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise GradingError(f"{folder} cannot be read: {error.strerror}. Give the folder of the submissions.") from None
    taken: set[str] = set()
    for name in names:
        path = folder / name
        if name.startswith(".") or name in _PASSED_OVER:
            continue
        if not _may_be_a_submission(path):
            continue
        learner = name if path.is_dir() else path.stem
        while learner in taken:  # ada/ and ada.zip are two submissions
            learner += path.suffix or "_"
        taken.add(learner)
        yield HandedIn(learner, path)


def passed_over(folder: Path) -> list[str]:
    """Return the names in a folder that are nobody's submission, such as ``dan.py``: somebody may wait for a mark."""
    names = sorted(name for name in os.listdir(folder) if not name.startswith(".") and name not in _PASSED_OVER)
    return [name for name in names if not _may_be_a_submission(folder / name)]


def _may_be_a_submission(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in (".zip", ".ipynb")


def notebooks_of(handed_in: HandedIn) -> list[File]:
    """Return the notebooks of a submission, in the order of their names, or one entry that says what is wrong."""
    path = handed_in.path
    if path.is_symlink():
        return [File(path.name, refused="This is a link to a file elsewhere: hand in the file itself.")]
    if path.is_dir():
        return list(_in_folder(path)) or [File(path.name, refused="There is no notebook in this folder.")]
    if path.suffix.lower() == ".zip":
        return _in_zip(path) or [File(path.name, refused="There is no notebook in this zip.")]
    return [_read(path, path.name)]


def _in_folder(folder: Path) -> Iterator[File]:
    found: list[tuple[str, Path]] = []
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _PASSED_OVER and not name.startswith("."))
        for name in names:
            path = Path(where, name)
            if name.endswith(".ipynb"):
                found.append((path.relative_to(folder).as_posix(), path))
    room = LARGEST_IN_ALL
    for name, path in sorted(found)[:_MOST_FILES]:
        file = _read(path, name)
        room -= len(file.content)
        yield file if room >= 0 else File(name, refused=_TOO_MUCH)
    yield from _too_many(len(found))


def _read(path: Path, name: str) -> File:
    try:
        # A pipe that nobody writes to, or a link to another learner's work, may have a notebook's name.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            kind = os.fstat(descriptor)
            if not stat.S_ISREG(kind.st_mode):
                return File(name, refused="This is not a file: hand in the notebook itself.")
            if kind.st_size > LARGEST:
                return File(name, refused=_too_large(kind.st_size))
            return File(name, file.read(LARGEST + 1))
    except OSError as error:
        if path.is_symlink():
            return File(name, refused="This is a link to a file elsewhere: hand in the file itself.")
        return File(name, refused=f"This cannot be read: {error.strerror}.")


def _in_zip(path: Path) -> list[File]:
    try:
        if path.stat().st_size > LARGEST_IN_ALL:
            return [File(path.name, refused=_TOO_MUCH)]
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if _is_notebook(entry)]
            entries.sort(key=lambda entry: entry.filename)
            read = [_read_entry(archive, entry) for entry in entries[:_MOST_FILES]]
            return [*read, *_too_many(len(entries))]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        return [File(path.name, refused=f"This zip cannot be opened: {error}. Pack it again, or hand in the folder.")]


def _is_notebook(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.split("/")
    return entry.filename.endswith(".ipynb") and _PASSED_OVER.isdisjoint(parts) and not parts[-1].startswith(".")


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> File:
    try:
        with archive.open(entry) as file:
            content = file.read(LARGEST + 1)  # what the zip says of the size need not be so
    except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, EOFError, ValueError) as error:
        return File(entry.filename, refused=f"This file in the zip cannot be read: {error}.")
    if len(content) > LARGEST:
        return File(entry.filename, refused=_too_large(max(entry.file_size, len(content))))
    return File(entry.filename, content)


def _too_many(count: int) -> list[File]:
    """Return an entry for the notebooks beyond the most that are read, if there are any."""
    more = count - _MOST_FILES
    return [File(f"{more} more", refused=f"More than {_MOST_FILES} notebooks are not read.")] if more > 0 else []


_TOO_MUCH = (
    f"This submission has more than {LARGEST_IN_ALL / 1e6:.0f} MB, and the rest is not read. "
    "Hand in the exercises' notebooks and nothing else."
)


def _too_large(size: int) -> str:
    return (
        f"This notebook has {size / 1e6:.0f} MB; more than {LARGEST / 1e6:.0f} MB is not read. "
        "Clear its outputs (Edit, Clear Outputs of All Cells), save it, and hand it in again."
    )
