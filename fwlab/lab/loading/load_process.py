"""A load whose client has a process of its own: a processor of its own, if there is one free, and a clean event loop.

The process is started anew and not forked, so that it inherits neither a listening socket nor a lock that somebody
held. It ends with this one, even when this one is killed: its standard input ends then.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cloudpickle

import fwlab
from fwlab.lab.errors import LoadError
from fwlab.lab.loading.frames import read_frame, unpack, write_frame
from fwlab.lab.timeline import sent_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.lab.loading.experiment import Result
    from fwlab.lab.loading.plan import Plan
    from fwlab.lab.loading.record import Live

_LAST_WORDS = 5.0  # seconds that a stopped process has to hand over what it measured


class ProcessExperiment:
    """An experiment in a process of its own: the same face as :class:`~fwlab.lab.loading.experiment.Experiment`.

    Args:
        plan: what is asked for.
        url: of the server.
        watch: called some five times a second with how it is doing.

    Raises:
        LoadError: something in the plan cannot be sent to another process.
    """

    def __init__(self, plan: Plan, url: str, watch: Callable[[Live], None] | None = None) -> None:
        try:
            self._told = cloudpickle.dumps((plan, url, sent_at.is_asked_for()))
        except Exception as error:  # pickle knows many ways to fail, one for each kind of object
            raise LoadError(
                f"load(where='process'): a part of this load cannot be sent to another process: {error}. "
                "Let the function that makes its requests use plain values, or load with where='loop'."
            ) from None
        self._watch = watch
        self._loop = asyncio.get_running_loop()
        self._said: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue()
        self._process: subprocess.Popen[bytes] | None = None
        self._ordered = threading.Event()  # the process has been told what to do,
        self._stopping = threading.Event()  # and is to stop as soon as it has
        self._result: Result | None = None

    async def run(self) -> None:
        """Carry it out in the other process, until its end or until it is stopped.

        Raises:
            LoadError: what the load raised there, or the process ended before its end.
        """
        self._process = _start()
        talking = threading.Thread(target=self._talk, args=(self._process,), daemon=True, name="fwlab-load")
        talking.start()
        try:
            await self._hear()
        except asyncio.CancelledError:
            self.stop()
            with contextlib.suppress(LoadError, TimeoutError):
                async with asyncio.timeout(_LAST_WORDS):
                    await self._hear()
            raise
        finally:
            self._process.kill()
            self._process.wait()
            talking.join()

    def stop(self) -> None:
        """Tell the process to end it now; ``run`` returns when it has handed over what it measured."""
        self._stopping.set()
        if self._process is not None and self._ordered.is_set():
            _tell_to_stop(self._process)

    def result(self) -> Result | None:
        """Return what it found, when it has ended; ``None`` where the process could not say."""
        return self._result

    async def _hear(self) -> None:
        """Take in what the process says, until it has said its last."""
        while self._result is None:
            said = await self._said.get()
            if said is None:
                assert self._process is not None
                raise LoadError(
                    "load(where='process'): the client's process ended before the load did "
                    f"(exit status {self._process.wait()})."
                )
            kind, value = said
            if kind == "error":
                raise LoadError(value)
            if kind == "live" and self._watch is not None:
                self._watch(value)
            if kind == "result":
                result, rows, warmup_rows, notes = value
                result.rows, result.warmup_rows = unpack(rows), unpack(warmup_rows)
                sent_at.tell(notes)
                self._result = result

    def _talk(self, process: subprocess.Popen[bytes]) -> None:
        """In a thread: hand over what to do, and hand on what comes."""
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdout as heard, contextlib.suppress(OSError, ValueError):
            write_frame(process.stdin, pickle.dumps(sys.path))
            write_frame(process.stdin, self._told)
            self._ordered.set()
            if self._stopping.is_set():
                _tell_to_stop(process)
            said = True
            while said:
                said = read_frame(heard)
                self._loop.call_soon_threadsafe(self._said.put_nowait, said)
        with contextlib.suppress(OSError, RuntimeError):
            self._loop.call_soon_threadsafe(self._said.put_nowait, None)
            process.stdin.close()


def _tell_to_stop(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(b"s")
        process.stdin.flush()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "fwlab.lab.loading.load_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": _with_fwlab(os.environ.get("PYTHONPATH"))},
        start_new_session=True,  # the interrupt key is for this process, which then stops that one
    )


def _with_fwlab(path: str | None) -> str:
    """The search path on which the other process finds the same fwlab."""
    folder = str(Path(fwlab.__file__).parents[1])
    return folder if not path else f"{folder}{os.pathsep}{path}"
