"""An exception of the learner's code, told as they need it: their own lines, and nothing of ours."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass

from fwlab.places import is_users_file


@dataclass(frozen=True)
class Failure:
    """What a learner's code ended in."""

    error: str
    """The name of the exception's class, such as ``"ZeroDivisionError"``."""
    message: str
    text: str
    """The traceback, cut to the learner's lines."""

    def __str__(self) -> str:
        return self.text


def failure_of(error: BaseException) -> Failure:
    """Describe an exception.

    Args:
        error: as it was caught, with its traceback.

    Example:
        >>> try:
        ...     1 / 0
        ... except ZeroDivisionError as error:
        ...     failure = failure_of(error)
        >>> failure.error, failure.message
        ('ZeroDivisionError', 'division by zero')
    """
    frames = _without_repeats(
        [frame for frame in traceback.extract_tb(error.__traceback__) if is_users_file(frame.filename)]
    )
    lines = [f"line {frame.lineno}, in {frame.name}\n    {frame.line}" for frame in frames]
    # A syntax error has its line and its mark in these; the name that stands for the cell says nothing.
    last = [line for line in traceback.format_exception_only(error) if not line.startswith('  File "<')]
    if isinstance(error, SyntaxError) and error.lineno is not None:
        lines.append(f"line {error.lineno}")
    text = "\n".join([*lines, "".join(last).rstrip()])
    return Failure(type(error).__name__, _without_addresses(str(error)), _without_addresses(text))


def _without_repeats(frames: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """Leave out what stands in the line before already: until Python 3.12, a comprehension is a call of its own."""
    kept = frames[:1]
    for frame in frames[1:]:
        inside = frame.name.startswith("<") and (frame.filename, frame.lineno) == (kept[-1].filename, kept[-1].lineno)
        kept += [] if inside else [frame]
    return kept


def _without_addresses(text: str) -> str:
    """Leave out where in memory things are, for that differs from run to run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)
