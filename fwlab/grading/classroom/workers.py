"""Several processes of this machine that grade at the same time."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue
from typing import IO, TYPE_CHECKING, Any

import fwlab
from fwlab.course import COURSE_VARIABLE, course_folder
from fwlab.grading.errors import GradingError
from fwlab.grading.jail.job import receive, send

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fwlab.grading.jail.limits import Limits

_SHIFTS = 3
"""Processes for each processor: many an answer waits, for a lock that nobody opens, say, and lets others have it."""

_LATER = 3.0  # seconds until the next shift begins; a small class is graded by then, and need not wait for its start
_TRIES = 2
_FAREWELL = 10.0  # seconds


@dataclass(frozen=True)
class Request:
    """A submission to grade."""

    learner: str
    path: Path
    limits: Limits
    known: str = ""
    """The fingerprint of the result that there is already."""


def grade_here(requests: Iterable[Request], *, jobs: int) -> Iterator[tuple[Request, dict[str, Any]]]:
    """Grade submissions with so many processes; return each with its answer, in the order in which they are done.

    Requests are taken as they are needed: however many there are, only a few are in memory. Whoever closes the
    iterator, or interrupts it, ends the processes.

    Args:
        requests: what to grade.
        jobs: how many processors to keep busy. Each has several processes, which take turns when one of them waits.

    Raises:
        GradingError: the processes do not start.
    """
    todo: Queue[Request | None] = Queue(maxsize=jobs)
    all_taken, over = threading.Event(), threading.Event()
    workers = [_Worker() for _ in range(_SHIFTS * jobs)]
    done: Queue[tuple[Request, dict[str, Any]] | BaseException | None] = Queue(maxsize=len(workers))

    def feed() -> None:
        try:
            for request in requests:
                if over.is_set():
                    break
                todo.put(request)
            todo.join()
        except BaseException as error:
            done.put(error)
        all_taken.set()
        for _ in workers:
            todo.put(None)

    def take() -> Request | None:
        request = todo.get()
        todo.task_done()
        return request

    def work(worker: _Worker, shift: int) -> None:
        all_taken.wait(shift * _LATER)
        try:
            while (request := take()) is not None:
                if not over.is_set():
                    done.put((request, worker.ask(request)))
        except BaseException as error:
            over.set()
            done.put(error)
            while take() is not None:
                pass
        finally:
            worker.close()
            done.put(None)

    # Daemons: whoever interrupts a second time, while these are brought to their end, does not wait for them.
    threads = [
        threading.Thread(target=work, args=(worker, place // jobs), name="fwlab-grade", daemon=True)
        for place, worker in enumerate(workers)
    ]
    threads.append(threading.Thread(target=feed, name="fwlab-submissions", daemon=True))
    for thread in threads:
        thread.start()
    finished = 0
    try:
        while finished < len(workers):
            item = done.get()
            if item is None:
                finished += 1
            elif isinstance(item, BaseException):
                raise item
            else:
                yield item
    finally:
        over.set()
        for worker in workers:
            worker.kill()
        while finished < len(workers):
            finished += done.get() is None
        for thread in threads:
            thread.join()


class _Worker:
    """One process, and another in its place when it falls."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False

    def ask(self, request: Request) -> dict[str, Any]:
        """Have a submission graded."""
        give_up = ""
        for _ in range(_TRIES + 1):
            if self._ended:
                raise GradingError("Grading was interrupted.")
            process = self._started()
            message = {
                "learner": request.learner,
                "path": str(request.path),
                "limits": asdict(request.limits),
                "known": request.known,
                "give_up": give_up,
            }
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                send(process.stdin, json.dumps(message).encode())
            answer = _receive_in_time(process, _patience(request.limits))
            if answer is not None:
                found: dict[str, Any] = json.loads(answer)
                return found
            if not self._ended:
                self.close()
            give_up = "The process that reads and judges it ended each time." if _ == _TRIES - 1 else ""
        raise GradingError(
            f"The process that grades {request.path} ended each time, even without looking at it. "
            f"Try `{Path(sys.executable).name} -m fwlab check` with a notebook to see why."
        )

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            package = str(Path(fwlab.__file__).resolve().parents[1])
            steady = {"PYTHONHASHSEED": "0", COURSE_VARIABLE: str(course_folder().resolve())}
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, package],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | steady,
                start_new_session=True,
            )
        return self._process

    def kill(self) -> None:
        """End what is under way, from another thread."""
        self._ended = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process; its jail ends with it."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(BrokenPipeError):
            _pipe(process.stdin).close()  # nobody asks any more: it ends its jail, and itself
        try:
            process.wait(timeout=_FAREWELL)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _pipe(process.stdout).close()


_START = "import sys; sys.path.insert(0, sys.argv[1]); from fwlab.grading.classroom.worker import main; main()"


def _patience(limits: Limits) -> float:
    """Return the seconds after which a worker itself hangs: far above what its jails may take for a submission."""
    return 600.0 + 100 * limits.processor_time(10)


def _receive_in_time(process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    pipe = _pipe(process.stdout)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ready, _, _ = select.select([pipe], [], [], 1.0)
        if ready:
            return receive(pipe)
        if process.poll() is not None:
            return None
    process.kill()
    return None


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
