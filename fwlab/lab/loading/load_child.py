"""The process in which a load's client runs apart: ``load_process.py`` starts it.

Its standard input is the other process: what to do first, then a byte to stop, and its end when that process has
ended, however it did. Its standard output is for frames only; what a learner's function prints goes to standard error.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, BinaryIO

from fwlab.lab.errors import LoadError
from fwlab.lab.loading.experiment import Experiment
from fwlab.lab.loading.fine_loop import new_loop
from fwlab.lab.loading.frames import pack, read_frame, write_frame
from fwlab.lab.loading.open_files import make_room
from fwlab.lab.loading.target import client_of
from fwlab.lab.timeline import sent_at

if TYPE_CHECKING:
    from fwlab.lab.loading.record import Live


def main() -> None:
    """Carry out the load that standard input tells of."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    orders = sys.stdin.buffer
    sys.path += [folder for folder in read_frame(orders) or () if folder not in sys.path]
    try:
        told = read_frame(orders)
    except Exception as error:  # whatever a learner's function needs and this process does not have
        _say(output, "error", f"load(where='process'): the process cannot take the load over: {error!r}.")
        return
    if told is not None:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            plan, url, noting = told
            keeping: AbstractContextManager[sent_at.Notes] = sent_at.kept() if noting else nullcontext([])
            with keeping as notes:
                runner.run(_load(plan, url, orders, output, notes))
    os._exit(0)  # the thread that reads still waits


async def _load(plan: Any, url: str, orders: BinaryIO, output: BinaryIO, notes: sent_at.Notes) -> None:
    def watch(live: Live) -> None:
        _say(output, "live", live)

    try:
        make_room(plan.users, both_ends=False)
        async with client_of(url, remote=True) as client:  # the other process has looked at where it is
            experiment = Experiment(plan, client, watch, alone=True)
            _obey(orders, asyncio.get_running_loop(), experiment)
            await experiment.run()
            result = experiment.result()
    except LoadError as error:
        _say(output, "error", str(error))
        return
    packed = pack(result.rows), pack(result.warmup_rows)
    result.rows, result.warmup_rows = [], []
    _say(output, "result", (result, *packed, notes))


def _say(output: BinaryIO, kind: str, value: object) -> None:
    write_frame(output, pickle.dumps((kind, value)))


def _obey(orders: BinaryIO, loop: asyncio.AbstractEventLoop, experiment: Experiment) -> None:
    def read() -> None:
        while orders.read(1):
            loop.call_soon_threadsafe(experiment.stop)
        os._exit(1)  # nobody waits for the result any more

    threading.Thread(target=read, daemon=True).start()


if __name__ == "__main__":
    main()
