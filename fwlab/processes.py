"""Work for the processor, done in a process of its own: as many at a time as there are cores.

The processes are AnyIO's workers: started when they are needed, kept for the next request, ended when they rest for
long. They share nothing with the server, not its listening socket either. A function reaches them by value, so that one
from a notebook's cell works as well as one from a module.
"""

from __future__ import annotations

import logging
import pickle
from typing import Any

from anyio import BrokenWorkerProcess, to_process

from fwlab.exceptions import FwlabError, HTTPException
from fwlab.types import Function

try:
    import cloudpickle
except ModuleNotFoundError as _missing:  # pragma: no cover
    raise FwlabError("run_in='process' needs the package cloudpickle: pip install cloudpickle") from _missing


async def run_in_process(function: Function, kwargs: dict[str, Any]) -> Any:
    """Call a function in a worker process and return its result; its exceptions come through.

    Args:
        function: what to call; it is sent by value, with the globals that it uses.
        kwargs: its arguments; they are sent too, so they must be data.

    Raises:
        FwlabError: when the function, its arguments or its result cannot be sent.
        HTTPException: with status 503 when the process died, which it tells the log; the next request has a new one.
    """
    name = getattr(function, "__qualname__", repr(function))
    job = _packed((function, kwargs), f"{name} or its arguments")
    try:
        # Cancellable: a request that is cancelled must not keep a core busy for nobody.
        result: Any = pickle.loads(await to_process.run_sync(_do, job, name, cancellable=True))
    except BrokenWorkerProcess as error:
        logging.getLogger("fwlab").error("The worker process of %s died.", name)
        raise HTTPException(503, "The worker process died; try again.") from error
    return result


def _do(job: bytes, name: str) -> bytes:
    """Run a job in the worker process; its result goes back as bytes, so that its class is looked for only there."""
    function, kwargs = pickle.loads(job)
    return _packed(function(**kwargs), f"what {name} returned")


def _packed(data: Any, what: str) -> bytes:
    try:
        packed: bytes = cloudpickle.dumps(data)
    except Exception as error:  # whatever an object's own pickling raises
        raise FwlabError(f"{what} cannot be sent from one process to another: {error}") from error
    return packed
