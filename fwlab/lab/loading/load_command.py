"""``fwlab load URL``: a load from a terminal, in a process that does nothing else, with an answer for scripts."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx

from fwlab.lab.errors import LoadError
from fwlab.lab.loading.fine_loop import new_loop
from fwlab.lab.loading.load import load
from fwlab.lab.loading.option_words import in_options
from fwlab.lab.runs.run import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

HELD, FAILED, INTERRUPTED = 0, 1, 130  # exit statuses; 130 as a shell has it for a command ended by Ctrl-C


def load_url(
    url: str,
    *,
    checks: Sequence[str] = (),
    as_json: bool = False,
    headers: Sequence[str] = (),
    data: str | None = None,
    **options: Any,
) -> int:
    """Load an address, print the run, and say whether it held what it was to hold.

    Args:
        url: with path and query.
        checks: clauses as :meth:`Run.check <fwlab.lab.Run.check>` takes them.
        as_json: whether to print the run as JSON, samples and all, instead of its table; the checks then go to stderr.
        headers: ``"Name: value"`` each.
        data: a JSON text, to be sent as the body.
        **options: those of :func:`~fwlab.lab.load`.

    Returns:
        The exit status: 0; 1 where a check did not hold, or nothing was answered; 130 where it was interrupted.

    Raises:
        LoadError: an argument makes no sense, or nothing listens there.
    """
    if checks:
        Run("", 1, 1.0, ()).check(*checks)  # one that cannot be read is refused before the load, not after it
    target, path = _split(url)
    body = {} if data is None else {"json": _parsed(data)}
    with asyncio.Runner(loop_factory=new_loop) as runner:
        try:
            loading = load(target, path, headers=dict(map(_header, headers)) or None, **body, **options)
            run = runner.run(loading)
        except LoadError as error:
            raise LoadError(in_options(str(error))) from None
    assert run.generator is not None
    run = replace(run, generator=replace(run.generator, where="process"))  # this one
    print(run.to_json() if as_json else run)
    status = HELD if run.response_times else FAILED
    if checks:
        outcome = run.check(*checks)
        print(outcome, file=sys.stderr if as_json else sys.stdout)
        status = HELD if outcome else FAILED
    return INTERRUPTED if run.interrupted else status


def _split(text: str) -> tuple[str, str]:
    try:
        url = httpx.URL(text if "://" in text else f"http://{text}")
    except httpx.InvalidURL as error:
        raise LoadError(f"{text!r} is no address: {error}.") from None
    return f"{url.scheme}://{url.netloc.decode('ascii')}", url.raw_path.decode("ascii")


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise LoadError(f"A header is written 'Name: value', and this is {text!r}.")
    return name.strip(), value.strip()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise LoadError(f"The body is JSON, and this is not: {error}.") from None
