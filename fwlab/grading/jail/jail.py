"""The judge's side of a jail: start a warden, send it jobs, and be told how they ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import fwlab
from fwlab.grading.errors import GradingError
from fwlab.grading.jail.job import Ending, Job, receive, send
from fwlab.lab.translation import ENGLISH, LANGUAGE_VARIABLE

if TYPE_CHECKING:
    from types import TracebackType


class JailError(GradingError):
    """The jail itself does not work; no submission is to blame."""


class Jail:
    """One warden. Not to be used by two threads at once.

    Args:
        namespaces: whether to use them where they are to be had.

    Attributes:
        missing: what this system does not let us wall off, in words.

    Example:
        >>> from fwlab.grading.jail.job import JobCell
        >>> with Jail() as jail:
        ...     ending = jail.run(Job((JobCell(1, "import os; os._exit(3)"),), (), "", "checks"))
        >>> ending.how, ending.status, ending.stage
        ('exit', 3, 'cell 1')
    """

    def __init__(self, *, namespaces: bool = True) -> None:
        self._namespaces = namespaces
        self.missing: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, job: Job) -> Ending:
        """Let an inmate do a job.

        Raises:
            JailError: there is no warden, twice.
        """
        for _ in range(2):
            ending = self._try(job)
            if ending is not None:
                return ending
            self.close()
        raise JailError("The process that runs submissions ended, twice; is there enough memory?")

    def open(self) -> None:
        """Start the warden, where there is none yet, and do not wait until it is ready."""
        if self._process is not None:
            return
        package = str(Path(fwlab.__file__).resolve().parents[1])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, package, "apart" if self._namespaces else "here"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            start_new_session=True,
        )

    def close(self) -> None:
        """End the warden."""
        process, self._process, self._ready = self._process, None, False
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def __enter__(self) -> Jail:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    _ready = False

    def _try(self, job: Job) -> Ending | None:
        self.open()
        assert self._process is not None
        into, out = self._process.stdin, self._process.stdout
        assert into is not None
        assert out is not None
        if not self._ready:
            hello = receive(out)
            if hello is None:
                return None
            self.missing, self._ready = json.loads(hello)["missing"], True
        try:
            send(into, json.dumps(job.to_dict()).encode())
        except BrokenPipeError:
            return None
        head = receive(out)
        if head is None:
            return None
        how, status, stage, count = json.loads(head)
        records = [receive(out) for _ in range(count)]
        if None in records:
            return None
        return Ending(how, status, stage, tuple(record for record in records if record is not None))


_START = "import sys; sys.path.insert(0, sys.argv[1]); from fwlab.grading.jail.warden import main; main(sys.argv[2])"


def _environment() -> dict[str, str]:
    """Nothing of the instructor's own but what Python needs to start."""
    names = ("LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "FWLAB_JAIL_DEBUG")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    quiet = {"TQDM_DISABLE": "1", "MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"}
    # Judged is in the instructor's language, where the catalogues are: no texts of the course go into the jail.
    quiet[LANGUAGE_VARIABLE] = ENGLISH
    # The same order of sets twice, and no reserve of address space for each thread.
    steady = {"PYTHONHASHSEED": "0", "MALLOC_ARENA_MAX": "2"}
    return {"PATH": os.defpath, **kept, **quiet, **steady}
