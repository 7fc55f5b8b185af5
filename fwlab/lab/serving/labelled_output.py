"""Which server printed that: its name before each line of its output.

A server in a thread prints through the same ``sys.stdout`` as the cells. While one runs, a thin layer lies over
``sys.stdout`` and ``sys.stderr``: it looks whether the writing code belongs to a server, and else does nothing.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
import threading
from typing import Any

label: contextvars.ContextVar[str | None] = contextvars.ContextVar("fwlab_output_label", default=None)
"""What begins each line that is written in this context; handlers in worker threads inherit it."""


def clean_context() -> contextvars.Context:
    """Return a context that is empty but for the label.

    A kernel keeps "the cell that prints go to" in a context variable. What runs in a copy of a cell's context prints to
    that cell, however long it is over; what runs in this one, to the cell that is running.
    """
    context = contextvars.Context()
    context.run(label.set, label.get())
    return context


def labelled(name: str, text: str) -> str:
    r"""Put a name before each line.

    Example:
        >>> labelled("shop", "one\ntwo\n")
        '[shop] one\n[shop] two\n'
    """
    return "".join(f"[{name}] {line}\n" for line in text.removesuffix("\n").split("\n"))


def print_labelled(name: str, text: str, stream: str = "stderr") -> None:
    """Print lines under a name to ``sys.stdout`` or ``sys.stderr``, whichever that is at this moment."""
    to = getattr(sys, stream)
    if to is not None:
        with contextlib.suppress(OSError, ValueError):  # the terminal is gone, or the stream closed: nobody listens
            to = getattr(to, "beneath", to)  # the label is there already
            to.write(labelled(name, text))
            to.flush()


class LabelledOutput:
    """Labels what servers in this process write, from now until it is closed; several may be open."""

    _lock = threading.Lock()
    _open = 0

    def __init__(self) -> None:
        with self._lock:
            LabelledOutput._open += 1
            for name in ("stdout", "stderr"):
                stream = getattr(sys, name)
                if stream is not None and not isinstance(stream, _LabellingStream):
                    setattr(sys, name, _LabellingStream(stream))

    def close(self) -> None:
        """Take the layer away, where it is the last and still lies on top."""
        with self._lock:
            LabelledOutput._open -= 1
            for name in ("stdout", "stderr"):
                stream = getattr(sys, name)
                if LabelledOutput._open == 0 and isinstance(stream, _LabellingStream):
                    stream.end_lines()
                    setattr(sys, name, stream.beneath)


class _LabellingStream:
    """A text stream like the one beneath, in which what is written under a label comes in whole, labelled lines."""

    def __init__(self, beneath: Any) -> None:
        self.beneath = beneath
        # By thread and label: print writes a line in parts, and other threads may come between.
        self._begun: dict[tuple[int, str], str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.beneath, name)

    def write(self, text: str) -> int:
        """Write; under a label, what ends with a line's end."""
        name = label.get()
        if name is None:
            self.beneath.write(text)
        else:
            key = threading.get_ident(), name
            whole, newline, rest = (self._begun.pop(key, "") + text).rpartition("\n")
            if rest:
                self._begun[key] = rest
            if newline:
                self.beneath.write(labelled(name, whole))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of the texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Hand on what was written; a line that this thread has begun ends with it."""
        name = label.get()
        if name is not None and (begun := self._begun.pop((threading.get_ident(), name), "")):
            self.beneath.write(labelled(name, begun))
        self.beneath.flush()

    def end_lines(self) -> None:
        """Hand on every line that was begun and never ended."""
        while self._begun:
            (_, name), begun = self._begun.popitem()
            self.beneath.write(labelled(name, begun))
