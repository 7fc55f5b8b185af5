"""The results folder: a file a submission, so that grading goes on where it stopped and nothing is held in memory."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from fwlab.grading.classroom.graded import Graded
from fwlab.grading.errors import GradingError
from fwlab.lab.errors import LabError
from fwlab.lab.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST_NAME = 200  # bytes; a file's name may have 255


class Results:
    """What is known of a class, on disk.

    Args:
        folder: it is made where it is not there.

    Raises:
        GradingError: it cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            for path in (folder / "submissions", folder / "feedback"):
                path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise GradingError(f"{folder} cannot hold the results: {error.strerror}.") from None

    def known(self, learner: str) -> str:
        """Return the fingerprint of what is known of a submission; ``""`` where nothing is, or it cannot be read."""
        graded = self.read(learner)
        return "" if graded is None else graded.fingerprint

    def read(self, learner: str) -> Graded | None:
        """Return what is known of a submission."""
        try:
            data = json.loads(self._path(learner).read_text(encoding="utf-8"))
            return Graded.from_dict(data)
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None

    def keep(self, graded: Graded, feedback: dict[str, str]) -> None:
        """Store a graded submission and its notebooks of feedback.

        Raises:
            GradingError: there is no room, or no permission.
        """
        try:
            for exercise, notebook in feedback.items():
                path = self.feedback_path(graded.learner, exercise)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, notebook.encode(errors="replace"))
            # Last: what is known is known with everything that belongs to it.
            write_whole(self._path(graded.learner), json.dumps(graded.to_dict(), indent=1) + "\n")
        except (LabError, OSError) as error:
            raise GradingError(f"The result of {graded.learner} cannot be stored: {error}") from None

    def feedback_path(self, learner: str, exercise: str) -> Path:
        """Where the feedback for a learner on an exercise is."""
        return self.folder / "feedback" / _file_name(learner) / f"{exercise}.ipynb"

    def gradescope_path(self, learner: str) -> Path:
        """Where the file for Gradescope is."""
        return self.folder / "gradescope" / _file_name(learner) / "results.json"

    def all(self, learners: list[str]) -> Iterator[Graded]:
        """Return what is known of these, one after the other."""
        for learner in learners:
            graded = self.read(learner)
            if graded is not None:
                yield graded

    def _path(self, learner: str) -> Path:
        return self.folder / "submissions" / f"{_file_name(learner)}.json"


def _file_name(learner: str) -> str:
    """Return a learner's name as a file's; it has been one already, but another ending may make it too long."""
    name = learner.encode(errors="surrogateescape")
    if len(name) <= _LONGEST_NAME:
        return learner
    return f"{name[:100].decode(errors='ignore')}-{hashlib.sha256(name).hexdigest()[:16]}"
