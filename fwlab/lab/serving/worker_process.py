"""A worker process, seen from the process that started it: its start, its words, its end."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import json
import os
import pickle
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fwlab.lab.errors import ServeError
from fwlab.lab.serving.forks import keep_from_forks
from fwlab.lab.serving.labelled_output import print_labelled
from fwlab.lab.serving.worker import END_LIMIT, Job

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

# Where Python looks for modules is told before anything is imported: fwlab may be where only this process looks.
_PROGRAM = (
    "import sys, pickle; sys.path[:] = pickle.load(sys.stdin.buffer); from fwlab.lab.serving.worker import main; main()"
)
_LONGEST = 2**16  # characters of a printed line without an end that are waited for

_Message = dict[str, "str | None"]


class WorkerProcess:
    """One worker. All that concerns it runs in one event loop.

    Args:
        job: what it is to do; the files that it names are handed on.
        says: what begins each line that it prints.
    """

    def __init__(self, job: Job, says: str) -> None:
        self._job = job
        self._says = says
        self._process: asyncio.subprocess.Process | None = None
        self._ended: asyncio.Task[int] | None = None
        self._input: asyncio.WriteTransport | None = None
        self._outputs: list[asyncio.BaseTransport] = []
        self._reading: list[asyncio.Task[None]] = []
        self._messages: asyncio.Queue[_Message | None] = asyncio.Queue()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return -1 if self._process is None else self._process.pid

    async def start(self) -> None:
        """Start the process, and return when it takes requests.

        Raises:
            ServeError: the application did not start, or the process ended. Then nothing is left of it.
        """
        try:
            await self._spawn()
            message = await self._messages.get()
            if message is None:
                raise ServeError(f"A worker of the server {self._job.server!r} {await self.ended()} while it started.")
            if "failed" in message:
                raise _failure(message)
        except BaseException:
            await self.kill()
            raise

    async def ended(self) -> str:
        """Wait until the process has ended and its last words were shown; return how it ended, in words."""
        assert self._ended is not None
        status = await asyncio.shield(self._ended)
        if status >= 0:
            return f"ended with status {status}"
        try:
            return f"was ended by {signal.Signals(-status).name}"
        except ValueError:
            return f"was ended by signal {-status}"

    async def stop(self) -> None:
        """Tell it to end, wait until it has; end it by force where it does not.

        Raises:
            ServeError: the application's shutdown failed.
        """
        if self._input is not None:
            self._input.close()
        try:
            async with asyncio.timeout(END_LIMIT):
                await self.ended()
        except BaseException as error:
            await self.kill()
            if not isinstance(error, TimeoutError):
                raise
        while not self._messages.empty():
            message = self._messages.get_nowait()
            if message is not None and "failed" in message:
                raise _failure(message)

    async def kill(self) -> None:
        """End the process by force, if there is one."""
        if self._process is not None and self._ended is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self.ended()
        self._close_files()

    def descriptors(self) -> Iterator[int]:
        """The files that no fork of this process may keep: the worker's input, whose end is the worker's."""
        if self._input is not None and not self._input.is_closing():
            yield self._input.get_extra_info("pipe").fileno()

    async def _spawn(self) -> None:
        theirs: list[int] = []
        try:
            for _ in range(3):  # output, errors, messages
                read, write = os.pipe()
                theirs.append(write)
                await self._open_output(read, len(theirs))
            read, write = os.pipe()
            theirs.append(read)
            await self._open_input(write)
            output, errors, messages, input_ = theirs
            job = replace(self._job, messages=messages)
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _PROGRAM, f"fwlab worker {job.place + 1} of {job.server}"),
                stdin=input_,
                stdout=output,
                stderr=errors,
                pass_fds=(job.listening, job.counts, messages),
            )
            self._ended = asyncio.ensure_future(self._wait(self._process))
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        assert self._input is not None
        self._input.write(pickle.dumps(sys.path) + pickle.dumps(job))

    async def _open_input(self, descriptor: int) -> None:
        file = os.fdopen(descriptor, "wb", 0)
        self._input, _ = await asyncio.get_running_loop().connect_write_pipe(asyncio.Protocol, file)
        keep_from_forks(self)  # a fork that held the input open would keep the worker alive

    async def _open_output(self, descriptor: int, number: int) -> None:
        reader = asyncio.StreamReader()
        file = os.fdopen(descriptor, "rb", 0)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
        self._outputs.append(transport)
        reading: Coroutine[Any, Any, None] = (
            self._hear(reader) if number == 3 else self._relay(reader, ("stdout", "stderr")[number - 1])
        )
        self._reading.append(asyncio.ensure_future(reading))

    async def _wait(self, process: asyncio.subprocess.Process) -> int:
        status = await process.wait()
        # A process that the worker started may hold its output open for ever: what is there already is waited for.
        await asyncio.wait(self._reading, timeout=1)
        self._close_files()
        return status

    def _close_files(self) -> None:
        if self._input is not None and not self._input.is_closing():
            self._input.abort()
        for transport in self._outputs:
            transport.close()
        for task in self._reading:
            task.cancel()

    async def _hear(self, messages: asyncio.StreamReader) -> None:
        try:
            while line := await messages.readline():
                self._messages.put_nowait(json.loads(line))
        finally:
            self._messages.put_nowait(None)

    async def _relay(self, output: asyncio.StreamReader, stream: str) -> None:
        """Print whole lines of the worker's where this process prints."""
        decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        begun = ""
        try:
            while data := await output.read(_LONGEST):
                whole, newline, begun = (begun + decode(data)).rpartition("\n")
                if newline:
                    print_labelled(self._says, whole, stream)
                if len(begun) > _LONGEST:
                    print_labelled(self._says, begun, stream)
                    begun = ""
        finally:
            if begun:
                print_labelled(self._says, begun, stream)


def _failure(message: _Message) -> ServeError:
    error = ServeError(message["failed"] or "")
    if message.get("traceback"):
        error.add_note(f"In the worker process:\n{message['traceback']}")
    return error
