"""The same work on more than one machine: on the workers of a Dask cluster, with its scheduler and its retries.

What was handed in travels to the workers as data. The course does not: fwlab and the course's exercises have to be
there, and a worker that has others says so.
"""

from __future__ import annotations

import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fwlab.grading.classroom.graded import fingerprint, grade_submission
from fwlab.grading.classroom.submissions import File, HandedIn, notebooks_of
from fwlab.grading.classroom.worker import as_dict
from fwlab.grading.errors import GradingError
from fwlab.grading.jail.jail import Jail
from fwlab.grading.jail.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fwlab.grading.classroom.workers import Request

_PATIENCE = 30  # seconds until a scheduler has answered
_AHEAD = 2
"""Submissions under way or waiting, for each thread of the cluster."""

_here = threading.local()
"""The jail of each of a worker's threads. Its warden ends when the worker does, however that ends."""


def grade_on_cluster(requests: Iterable[Request], scheduler: str) -> Iterator[tuple[Request, dict[str, Any]]]:
    """Grade submissions on a cluster; return each with its answer, in the order in which they are done.

    Args:
        requests: what to grade.
        scheduler: such as ``"tcp://10.0.0.5:8786"``.

    Raises:
        GradingError: dask.distributed is missing, or nobody answers there, or the workers have another course.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise GradingError("Grading on a cluster needs dask.distributed: pip install 'fwlab[cluster]'.") from None
    try:
        client = distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise GradingError(f"No Dask scheduler answers at {scheduler}: {error}") from None
    with client:
        threads = sum(client.nthreads().values())
        if threads == 0:
            raise GradingError(
                f"The scheduler at {scheduler} has no workers; start some with `dask worker {scheduler}`."
            )
        todo = iter(requests)
        under_way: dict[str, Request] = {}
        finished = distributed.as_completed(loop=client.loop)
        for _ in range(_AHEAD * threads):
            yield from _send_next(client, todo, under_way, finished)
        while under_way:
            future = next(finished)
            request = under_way.pop(future.key)
            yield request, _result(future, request)
            future.release()
            yield from _send_next(client, todo, under_way, finished)


def _send_next(
    client: Any, todo: Iterator[Request], under_way: dict[str, Request], finished: Any
) -> Iterator[tuple[Request, dict[str, Any]]]:
    """Send the next submission that is not known yet to the cluster; return those before it, which are."""
    for request in todo:
        files = notebooks_of(HandedIn(request.learner, request.path))
        print_of_it = fingerprint(files, request.limits)
        if request.known == print_of_it:
            yield request, {"kept": True, "missing": []}
            continue
        future = client.submit(grade_there, request.learner, files, request.limits, print_of_it, pure=False)
        under_way[future.key] = request
        finished.add(future)
        return


def _result(future: Any, request: Request) -> dict[str, Any]:
    try:
        found: dict[str, Any] = future.result()
    except GradingError:
        raise
    except Exception as error:  # distributed's own: several workers ended over it, or the scheduler did
        raise GradingError(f"The cluster could not grade {request.path}: {error}") from None
    return found


def grade_there(learner: str, files: list[File], limits: Limits, expected: str) -> dict[str, Any]:
    """Grade a submission; this is what runs on a worker."""
    if fingerprint(files, limits) != expected:
        raise GradingError("A worker has another version of fwlab, or of the course, than this machine.")
    jail = getattr(_here, "jail", None)
    if jail is None:
        jail = _here.jail = Jail()
    marked = grade_submission(learner, files, jail, limits)
    return as_dict(marked) | {"missing": jail.missing}
