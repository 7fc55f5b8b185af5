"""A path operation's plan: its handler's signature, compiled once into what runs for each request.

The plan is an ASGI callable. It reads the parts of the request that the signatures ask for, validates them in one go,
runs the dependencies in their order and then the handler, each in its lane, and sends the result. What can be decided
without a request was decided when the plan was made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from contextvars import ContextVar
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from fwlab import plan_table
from fwlab.background import BackgroundTasks
from fwlab.concurrency import Lane
from fwlab.concurrent import batches, run_batches, run_unless_disconnected
from fwlab.dependencies import HANDLER, ExitStacks, Overrides, Step, plan_steps, slot_of
from fwlab.exception_handlers import answer
from fwlab.exceptions import (
    DefinitionError,
    FwlabError,
    HTTPException,
    RequestValidationError,
    WebSocketRequestValidationError,
)
from fwlab.params import Depends, SecurityScopes
from fwlab.requests import ClientDisconnect, HTTPConnection, Request, is_json, limited, read_body
from fwlab.responses import Response
from fwlab.results import Results
from fwlab.signature import Input
from fwlab.types import Receive, Scope, Send
from fwlab.validation import JSONBody, Strings, look, pick_from_form
from fwlab.websockets import WebSocket, WebSocketState

# Where a wrapped handler's generator dependencies live, between `run_wrapped` and the `respond` somewhere inside it.
_until_sent: ContextVar[AsyncExitStack | None] = ContextVar("fwlab_until_sent", default=None)
_CONNECTIONS = (Request, WebSocket, HTTPConnection)


class Plan:
    """What runs for each request of one path operation.

    Args:
        handler: the path operation's function.
        path_names: the parameters of its path template.
        owner: what messages call it.
        dependencies: run before it, results unused.
        results: turns what it returns into responses.
        strict_content_type: take a body for JSON only when the request says so.
        max_body_size: bytes that a body may have; None: any number.
        form_limits: of a form; see :meth:`Request.form`.
        overrides: functions that stand in for dependencies, in tests.
        run_in: the handler's lane; None: its own.
        cancel_on_disconnect: end the handler when the client leaves.
        concurrent_dependencies: let dependencies that do not need each other run side by side on the loop.

    Attributes:
        steps: the dependencies in the order in which they run, and last the handler.

    Raises:
        DefinitionError: for signatures that cannot work.

    Example:
        >>> from fwlab import Depends
        >>> async def table(seat: int): return seat // 4
        >>> def serve(n: int, table: int = Depends(table)): ...
        >>> plan = Plan(serve, path_names=["n"], owner="handler 'serve'")
        >>> [(step.name, step.lane) for step in plan.steps]
        [('table', 'loop'), ('serve', 'thread')]
    """

    def __init__(
        self,
        handler: Callable[..., Any],
        *,
        path_names: Collection[str],
        owner: str,
        dependencies: Sequence[Depends] = (),
        results: Callable[..., Response] | None = None,
        strict_content_type: bool = True,
        max_body_size: int | None = None,
        form_limits: Mapping[str, Any] | None = None,
        overrides: Overrides | None = None,
        run_in: Lane | None = None,
        cancel_on_disconnect: bool = False,
        concurrent_dependencies: bool = False,
    ) -> None:
        self.steps: tuple[Step, ...] = plan_steps(
            handler, path_names=path_names, owner=owner, extra=dependencies, overrides=overrides, run_in=run_in
        )
        self._owner = owner
        self._cancel_on_disconnect = cancel_on_disconnect
        self._batches = batches(self.steps[:-1]) if concurrent_dependencies else ()
        self._before, self._handler = self.steps[:-1], self.steps[-1]
        self._results = results or Results(owner)
        inputs = [slotted for step in self.steps for slotted in step.inputs]
        strings = [slotted for slotted in inputs if slotted[1].source not in ("body", "form")]
        self._strings = Strings(strings) if strings else None
        in_body = [slotted for slotted in inputs if slotted[1].source == "body"]
        self._reads_form = any(item.source == "form" for _, item in inputs)
        self._body = JSONBody(in_body) if in_body and not self._reads_form else None
        self._strict_content_type = strict_content_type
        self._max_body_size = max_body_size
        self._form_limits = form_limits or {}
        self._cleans_up = self._reads_form or any(step.cleans_up is not None for step in self.steps)
        kinds = {kind for step in self.steps for _, kind in step.provided if kind is not SecurityScopes}
        self._connection_slots = tuple(slot_of(kind) for kind in kinds if kind in _CONNECTIONS)
        self._provides = bool(kinds)
        self._made = tuple((slot_of(kind), kind) for kind in kinds if kind not in _CONNECTIONS)

    @property
    def inputs(self) -> list[Input]:
        """All that the path operation takes from a request: the handler's inputs, then those of its dependencies."""
        return [item for step in sorted(self.steps, key=lambda step: step.read) for _, item in step.inputs]

    def __str__(self) -> str:
        return plan_table.as_text(f"The plan of {self._owner}", self.steps)

    def _repr_html_(self) -> str:
        return plan_table.as_html(f"The plan of {self._owner}", self.steps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; ``scope["path_params"]`` holds what the router found in the path."""
        if self._cleans_up:
            await self._run_and_clean_up(scope, receive, send)
            return
        try:
            response = await self._respond(scope, receive, send, None)
        except ClientDisconnect:
            return
        except Exception as exc:
            await answer(exc, scope, receive, send)
        else:
            await response(scope, receive, send)

    async def run_wrapped(self, handler: Callable[[Request], Any], scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request with a handler that does something around :meth:`respond`."""
        answered = False
        try:
            async with AsyncExitStack() as until_sent:
                _until_sent.set(until_sent)
                response = await handler(Request(scope, receive, send))
                answered = True
                await response(scope, receive, send)
        except Exception as exc:
            if answered:
                raise
            await answer(exc, scope, receive, send)

    async def respond(self, request: Request) -> Response:
        """Return the response to a request without sending it: for a route that does something around its handler."""
        until_sent = _until_sent.get()
        async with AsyncExitStack() as until_returned:
            stacks = ExitStacks(until_returned, until_sent or until_returned)
            return await self._respond(request.scope, request.receive, request.send, stacks, request)
        raise self._swallowed()

    async def _run_and_clean_up(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, then let each dependency that yielded clean up, the last one first.

        An exception of the handler passes through the dependencies before the client hears of it, so one of them can
        turn it into another; none may swallow it, for then there would be nothing to answer.
        """
        answered = False
        try:
            async with AsyncExitStack() as until_sent:
                response = None
                async with AsyncExitStack() as until_returned:
                    stacks = ExitStacks(until_returned, until_sent)
                    response = await self._respond(scope, receive, send, stacks)
                if response is None:
                    raise self._swallowed()
                answered = True
                await response(scope, receive, send)
            if not answered:
                raise self._swallowed()
        except ClientDisconnect:
            return
        except Exception as exc:
            if answered:
                raise
            await answer(exc, scope, receive, send)

    def _swallowed(self) -> FwlabError:
        return FwlabError(
            f"There is no response: {self._handler.name!r} is raising an exception and a dependency with yield "
            "swallowed it. Raise it again there, or raise an HTTPException."
        )

    async def _respond(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        stacks: ExitStacks | None,
        connection: Request | None = None,
    ) -> Response:
        if self._max_body_size is not None:
            receive = limited(receive, self._max_body_size, scope["headers"])
        if connection is None and (self._connection_slots or self._reads_form):
            connection = Request(scope, receive, send)
        values = await self._values(scope, receive, connection, stacks)
        if self._cancel_on_disconnect:
            result = await run_unless_disconnected(self._handler.run(values, stacks), receive)
        else:
            result = await self._handler.run(values, stacks)
        if not self._made:
            return self._results(result)
        return self._results(result, values.get(":Response"), values.get(":BackgroundTasks"))

    async def _values(
        self, scope: Scope, receive: Receive, connection: HTTPConnection | None, stacks: ExitStacks | None
    ) -> dict[str, Any]:
        """Return the value of every slot that the handler may ask for: inputs, objects, dependencies' results."""
        raw = self._strings.read(scope) if self._strings is not None else {}
        if self._reads_form:
            return await self._look_closer(raw, b"", False, connection, stacks)
        body, declared_json = b"", False
        if self._body is not None:
            body = await (read_body(receive) if connection is None else cast(Request, connection).body())
            declared_json = is_json(scope["headers"], strict=self._strict_content_type)
        try:
            values: dict[str, Any] = self._strings.validate(raw) if self._strings is not None else {}
            if self._body is not None:
                if not body or not declared_json:
                    return await self._look_closer(raw, body, declared_json, connection, stacks)
                values.update(self._body.validate(body))
        except ValidationError:
            return await self._look_closer(raw, body, declared_json, connection, stacks)
        if self._provides:
            self._provide(values, connection)
        if self._batches:
            await run_batches(self._batches, values, stacks)
        else:
            for step in self._before:
                values[step.slot] = await step.run(values, stacks)
        return values

    def _provide(self, values: dict[str, Any], connection: HTTPConnection | None) -> None:
        """Add the objects of the request under way that a function asks for by their class."""
        for slot in self._connection_slots:
            values[slot] = connection
        for slot, kind in self._made:
            values[slot] = _Told() if kind is Response else BackgroundTasks()

    async def _look_closer(
        self,
        raw: dict[str, Any],
        body: bytes,
        declared_json: bool,
        connection: HTTPConnection | None,
        stacks: ExitStacks | None,
    ) -> dict[str, Any]:
        """Validate value by value, step by step, and refuse with all that is wrong.

        A dependency whose own values are right still runs, as in FastAPI: one that answers 401 must not be hidden by a
        422 that tells a stranger what the request should have looked like.

        Raises:
            RequestValidationError: with every error.
        """
        parsed: Any = None
        if self._reads_form and isinstance(connection, Request):
            parsed = await connection.form(**self._form_limits)
            if stacks is not None:
                stacks.request.push_async_callback(parsed.close)
        elif self._body is not None:
            parsed = self._body.parse(body, declared_json)
        values: dict[str, Any] = {}
        errors: list[dict[str, Any]] = []
        self._provide(values, connection)
        for step in self.steps:
            ready = all(slot in values for _, slot in step.needs)
            for slot, item in step.inputs:
                if item.source == "form":
                    found, loc = await pick_from_form(item, parsed)
                    values[slot], wrong = look(item, found, loc)
                elif self._body is not None and item.source == "body":
                    values[slot], wrong = self._body.look(item, parsed)
                else:
                    values[slot], wrong = look(item, raw.get(slot, PydanticUndefined), item.loc)
                errors += wrong
                ready = ready and not wrong
            if ready and step.slot != HANDLER:
                values[step.slot] = await step.run(values, stacks)
        if errors:
            if isinstance(connection, WebSocket):
                raise WebSocketRequestValidationError(errors)
            raise RequestValidationError(errors, body=None if parsed is PydanticUndefined else parsed)
        return values


class _Told(Response):
    """What a handler is given to say status, headers and cookies of a response that is made from its result."""

    status_code: int | None  # type: ignore[assignment]  # None until it is said

    def __init__(self) -> None:
        super().__init__()
        self.status_code = None
        self.raw_headers.clear()


class WebSocketPlan(Plan):
    """What runs for each connection of one WebSocket route."""

    def __init__(self, handler: Callable[..., Any], *, owner: str, **options: Any) -> None:
        super().__init__(handler, owner=owner, **options)
        for item in self.inputs:
            if item.source in ("body", "form"):
                raise DefinitionError(
                    f"{owner}: argument {item.argument!r} would be in a body, but a WebSocket has none; receive it."
                )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the handler for one connection, from the request to open it to its end."""
        websocket = WebSocket(scope, receive, send)
        try:
            async with AsyncExitStack() as until_closed, AsyncExitStack() as until_returned:
                stacks = ExitStacks(until_returned, until_closed)
                values = await self._values(scope, receive, websocket, stacks)
                await self._handler.run(values, stacks)
        except HTTPException as exc:
            if websocket.application_state is not WebSocketState.CONNECTED:
                await answer(exc, scope, receive, send)
                return
            # An open connection can be refused no more, only closed.
            await websocket.close(1011 if exc.status_code >= 500 else 1008, str(exc.detail))
        except Exception as exc:
            await answer(exc, scope, receive, send)
