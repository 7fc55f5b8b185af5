"""The laboratory's magics, which await: ``%serve app``, ``%load server /burgers -u 8``, ``%trace server /burgers``.

IPython shows what an asynchronous magic returns as a coroutine, and awaits nothing. So here each line that calls one is
given its ``await`` before it is compiled; the interrupt key then cancels it like any other cell that awaits.
"""

from __future__ import annotations

import argparse
import re
import shlex
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.core.error import UsageError

from fwlab import FwlabError
from fwlab.lab import Timeline, load, serve, trace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from IPython.core.interactiveshell import InteractiveShell

    from fwlab.lab import Run, Server

_CALL = re.compile(r"(?<!await )get_ipython\(\)\.run_line_magic\('(?:serve|load|trace)',")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. {self.format_usage().strip()}")


def _parser(name: str, description: str) -> _Parser:
    return _Parser(prog=f"%{name}", description=description, add_help=False)


_SERVE = _parser("serve", "serve(app): in the kernel's own loop, in a thread, or in processes")
_SERVE.add_argument("app", help="the name of the app, or its path: module:name")
_SERVE.add_argument("--where", default="loop")
_SERVE.add_argument("--workers", type=int, default=1)
_SERVE.add_argument("--name", default="main")
_SERVE.add_argument("--port", type=int, default=0)

_LOAD = _parser("load", "load(target, path): requests from many users at once")
_TRACE = _parser("trace", "load(target, path) under trace(app): what each request did")
for _it in (_LOAD, _TRACE):
    _it.add_argument("target", help="the name of a server or an app")
    _it.add_argument("path", nargs="?", default="/")
    _it.add_argument("-u", "--users", type=int, help="how many at once; 10, or as many as there are requests")
    _it.add_argument("-n", "--requests", type=int)


def register(shell: InteractiveShell) -> None:
    """Add the magics to a shell, and see to it that they are awaited.

    Args:
        shell: whose names they are given.
    """

    async def serving(line: str) -> Server:
        options = _options(_SERVE, line)
        app = options.pop("app")
        return await serve(app if ":" in app else _value(shell, app), **options)

    async def loading(line: str) -> Run:
        options = _options(_LOAD, line)
        return await load(_value(shell, options.pop("target")), options.pop("path"), **options)

    async def tracing(line: str) -> Timeline:
        options = _options(_TRACE, line)
        target = _value(shell, options.pop("target"))
        with trace(getattr(target, "app", target)) as timeline:
            await load(target, options.pop("path"), warmup=0, **options)
        return timeline

    for name, magic, parser in (("serve", serving, _SERVE), ("load", loading, _LOAD), ("trace", tracing, _TRACE)):
        shell.magics_manager.register_function(_asked_rightly(magic, parser), "line", name)
    shell.input_transformers_post.append(with_await)


def with_await(lines: list[str]) -> list[str]:
    """Give each line that calls one of these magics its ``await``.

    Args:
        lines: a cell's, after IPython has turned its magics into calls.

    Example:
        >>> with_await(["server = get_ipython().run_line_magic('serve', 'app')"])
        ["server = await get_ipython().run_line_magic('serve', 'app')"]
    """
    return [_CALL.sub(lambda call: f"await {call.group()}", line) for line in lines]


def _asked_rightly(magic: Callable[[str], Awaitable[Any]], parser: _Parser) -> Callable[[str], Awaitable[Any]]:
    async def run(line: str) -> Any:
        try:
            return await magic(line)
        except FwlabError as error:
            raise UsageError(str(error)) from None

    run.__doc__ = f"{parser.description}\n\n{parser.format_usage()}"
    return run


def _options(parser: _Parser, line: str) -> dict[str, Any]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%{parser.prog.lstrip('%')} {line}: {error}.") from None
    options = {name: value for name, value in vars(parser.parse_args(words)).items() if value is not None}
    if "requests" in options:
        options.setdefault("users", min(options["requests"], 10))
    return options


def _value(shell: InteractiveShell, name: str) -> Any:
    if name not in shell.user_ns:
        raise UsageError(f"{name!r} is no name of this notebook. Run the cell that makes it first.")
    return shell.user_ns[name]
