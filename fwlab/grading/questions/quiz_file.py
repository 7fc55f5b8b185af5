"""Quizzes as their authors write them: ``exercises/q03_coroutines.toml``, where each option has its reason.

::

    title = "Coroutines"

    [[question]]
    id = "calling"                      # stays when the text changes: the learner's progress knows it
    text = "What does `cook()` give back, if `cook` is `async def`?"

    [[question.option]]
    text = "A burger"
    reason = "Not yet: calling it does not run it."

    [[question.option]]
    text = "A coroutine"
    right = true
    reason = "It waits until somebody awaits it."

More than one option may be right; the learner is then told to choose all that are.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fwlab.course import course_folder
from fwlab.grading.errors import ExerciseError, UnknownExerciseError
from fwlab.lab.translation import translated

if TYPE_CHECKING:
    from pathlib import Path

_Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Option(_Strict):
    """A choice, whether it is right, and why."""

    text: _Text
    reason: _Text
    right: bool = False


class Question(_Strict):
    """A question and its options; `code` is a program that it is about."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    text: _Text
    code: str = ""
    option: Annotated[tuple[Option, ...], Field(min_length=2, max_length=8)]

    @model_validator(mode="after")
    def _some_are_right(self) -> Self:
        rights = [option.right for option in self.option]
        if not any(rights) or all(rights):
            raise ValueError("some options are right and some are not: mark those that are with right = true")
        if len({option.text for option in self.option}) < len(self.option):
            raise ValueError("two options have the same text")
        return self


class QuizText(_Strict):
    """A quiz."""

    title: _Text
    question: Annotated[tuple[Question, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [question.id for question in self.question]
        if len(set(names)) < len(names):
            raise ValueError("two questions have the same id")
        return self


def _in_language(written: Any, catalogue: str) -> Any:
    """Return what a file says with everything that is read translated; names and programs stay."""
    if isinstance(written, list):
        return [_in_language(one, catalogue) for one in written]
    if not isinstance(written, dict):
        return written
    return {
        key: translated(value, catalogue)
        if key in {"title", "text", "reason"} and isinstance(value, str)
        else _in_language(value, catalogue)
        for key, value in written.items()
    }


def quiz_files() -> dict[str, Path]:
    """Return the files of the course's quizzes, by the quiz's name.

    Example:
        >>> quiz_files()["q01"].name
        'q01_in_a_hurry.toml'
    """
    return {path.name.partition("_")[0]: path for path in sorted((course_folder() / "exercises").glob("q*_*.toml"))}


def find_quiz(name: str) -> QuizText:
    """Read a quiz of the course.

    Args:
        name: such as ``"q01"``.

    Raises:
        UnknownExerciseError: the course has none of that name.
        ExerciseError: its file is broken.
    """
    files = quiz_files()
    if name not in files:
        raise UnknownExerciseError(f"There is no quiz {name!r}. The course has: {', '.join(files) or 'none'}.")
    return read_quiz(files[name])


def read_quiz(path: Path) -> QuizText:
    """Read a quiz from its file, in the language that is spoken.

    Raises:
        ExerciseError: it cannot be read, or something is missing in it; the message says what, and where.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        return QuizText.model_validate(_in_language(written, path.stem))
    except OSError as error:
        raise ExerciseError(f"{path} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"]) or "its top"
        raise ExerciseError(f"{path} is no quiz, at {place}: {first['msg']}.") from None
    except ValueError as error:  # not TOML, not text
        raise ExerciseError(f"{path} is not TOML: {error}.") from None
