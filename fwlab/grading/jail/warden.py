"""The process that has fwlab loaded, and forks an inmate a job; ``jail.py`` starts it.

It reads jobs from its standard input and writes how they ended to its standard output. It runs no learner's code, and
knows nothing of the course: neither in its memory nor, within walls, on its disk.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from fwlab.grading.jail import inmate
from fwlab.grading.jail.doors import take_away_ctypes
from fwlab.grading.jail.integrity import Originals
from fwlab.grading.jail.job import Ending, Job, pieces, receive, send
from fwlab.grading.jail.notes import Records, Stage
from fwlab.grading.jail.walls import FOLDER, Walls

if TYPE_CHECKING:
    from typing import IO

_TIMED_OUT = 120  # the keeper's exit status where it had to end its inmate; an inmate's own are told apart by it


def main(where: str) -> None:
    """Serve jobs until the judge has gone.

    Args:
        where: ``"apart"``, in namespaces where they are to be had, or ``"here"``.
    """
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)  # nothing that is printed here may get among the answers
    os.dup2(null, 2)
    _warm_up()
    walls = Walls.build(namespaces=where == "apart")
    take_away_ctypes()
    originals = Originals()
    gc.collect()
    gc.freeze()  # an inmate that looks for garbage would copy every page of what it has in common with this process
    send(answers, json.dumps({"missing": walls.missing}).encode())
    while True:
        message = receive(jobs)
        if message is None:
            return
        ending = run(Job.from_dict(json.loads(message)), walls, originals)
        _answer(answers, ending)


def run(job: Job, walls: Walls, originals: Originals) -> Ending:
    """Let an inmate do a job, and see that nothing of it is left."""
    records, stage = Records(), Stage()
    reading, writing = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        os.close(reading)
        _keep(job, walls, originals, records, stage, writing)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as report:
            text = report.read()
        os.waitpid(keeper, 0)
        how, status = json.loads(text) if text else ("signal", signal.SIGKILL)
        written = pieces(records.read())
        if how == "well" and written[-1:] != (inmate.DONE,):
            how = "exit"
        return Ending(how, status, stage.read(), written)
    finally:
        records.close()
        stage.close()


def _keep(job: Job, walls: Walls, originals: Originals, records: Records, stage: Stage, report: int) -> None:
    """Be the keeper: the process between warden and inmate, which has the namespaces and the watch."""
    try:
        os.setsid()
        walls.separate()
        folder = FOLDER if walls.apart else tempfile.mkdtemp(prefix="fwlab-submission-", dir="/tmp")
        child = os.fork()
        if child == 0:
            _become_an_inmate(job, walls, folder, originals, records, stage)
        how = _watch(child, job)
        if not walls.apart:
            shutil.rmtree(folder, ignore_errors=True)
        os.write(report, json.dumps(how).encode())
    finally:
        os._exit(0)


def _become_an_inmate(
    job: Job, walls: Walls, folder: str, originals: Originals, records: Records, stage: Stage
) -> None:
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.closerange(3, 4096)
        os.environ["HOME"] = os.environ["TMPDIR"] = folder
        tempfile.tempdir = folder  # where it was, this process can write no more
        sys.path.append(folder)  # last, so that no module there stands for another
        walls.enclose(folder, job.limits, len(job.tasks))
        inmate.main(job, originals, records, stage)
    finally:
        os._exit(71)


def _watch(child: int, job: Job) -> tuple[str, int]:
    """Wait for an inmate, and end it with all that it started when its time is over."""
    most = job.limits.processor_time(len(job.tasks))
    deadline = time.monotonic() + most
    out_of_time = False
    while True:
        waited, status, used = os.wait4(child, os.WNOHANG)
        if waited:
            break
        if time.monotonic() > deadline:
            out_of_time = True
            os.kill(child, signal.SIGKILL)
            _, status, used = os.wait4(child, 0)
            break
        _sleep_until_it_ends(child, deadline)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # what is left of its group, where there are no namespaces
    if out_of_time:
        return "time", most
    if os.WIFSIGNALED(status):
        number, spent = os.WTERMSIG(status), used.ru_utime + used.ru_stime
        ran_out = number in (signal.SIGKILL, signal.SIGXCPU) and spent >= most - 1
        return ("processor time", most) if ran_out else ("signal", number)
    return ("well" if os.WEXITSTATUS(status) == 0 else "exit"), os.WEXITSTATUS(status)


def _sleep_until_it_ends(child: int, deadline: float) -> None:
    patience = max(0.0, deadline - time.monotonic()) + 0.01
    try:
        descriptor = os.pidfd_open(child)
    except (OSError, AttributeError):  # not Linux, or an old one
        time.sleep(min(patience, 0.005))
        return
    try:
        select.select([descriptor], [], [], patience)
    finally:
        os.close(descriptor)


def _answer(answers: IO[bytes], ending: Ending) -> None:
    send(answers, json.dumps([ending.how, ending.status, ending.stage, len(ending.records)]).encode())
    for record in ending.records:
        send(answers, record)


def _warm_up() -> None:
    """Load what most jobs need, so that an inmate finds it loaded.

    What fwlab looks up once, such as which files are libraries, two experiments look up here and not each inmate.
    """
    import asyncio  # noqa: F401
    import importlib
    import pkgutil
    import statistics  # noqa: F401

    import anyio._backends._asyncio

    import fwlab.course
    import fwlab.grading
    import fwlab.lab.clock.run
    import fwlab.responses
    import fwlab.testclient
    from fwlab import App
    from fwlab.grading.record import record, record_requests

    for world in pkgutil.iter_modules(fwlab.course.__path__):  # the kitchen, the supplier: answers are about them
        if not world.ispkg:
            importlib.import_module(f"fwlab.course.{world.name}")
    assert anyio._backends._asyncio is not None

    async def hold() -> None:
        time.sleep(1)  # noqa: ASYNC251 - in virtual time: who holds the loop is looked for

    app = App()

    @app.get("/{number}")
    def answer(number: int) -> int:
        return number

    record(hold)
    record_requests(app, ["/1"])
