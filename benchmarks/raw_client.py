"""The driver where wrk is not installed: the laboratory's raw engine, with so many users who ask for one case.

It is bounded in time, and speaks to 127.0.0.1 only.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from benchmarks.served import Load, ServerError
from fwlab.lab import LoadError, load

if TYPE_CHECKING:
    from benchmarks.cases import Case
    from fwlab.lab import Run


def drive(port: int, case: Case, *, connections: int, seconds: float) -> Load:
    """Send requests for so many seconds.

    Raises:
        ServerError: an answer is not 200, or a connection breaks.
    """
    run = checked(asyncio.run(ask(port, case, users=connections, duration=seconds, timeout=seconds + 30)))
    return Load(len(run.samples), run.rps)


async def ask(port: int, case: Case, *, engine: str = "raw", **how: object) -> Run:
    """Let the laboratory ask for a case.

    Raises:
        ServerError: nothing listens there.
    """
    body = {"json": json.loads(case.body)} if case.body else {}
    try:
        return await load(f"http://127.0.0.1:{port}", case.target, method=case.method, engine=engine, **body, **how)
    except LoadError as error:
        raise ServerError(f"The server does not answer {case.name}: {error}") from error


def checked(run: Run) -> Run:
    """Return the run, if all of it succeeded.

    Raises:
        ServerError: it did not.
    """
    if run.errors:
        raise ServerError(
            f"{run.name}: {run.errors.total()} of {len(run.samples)} requests failed: {dict(run.errors)}."
        )
    return run
