"""A path operation's plan: its handler's signature, compiled once into what runs for each request.

The plan is an ASGI callable. It reads the parts of the request that the signatures ask for, validates them in one go,
runs the dependencies in their order and then the handler, each in its lane, and sends the result. What can be decided
without a request was decided when the plan was made. A plan can be read, too, as a table: it is made from what runs, so
it cannot tell anything else.

A result is held against its model, encoded, and sent with its status and media type; for the usual one, JSON, that is a
single call. Each item of a handler that yields is sent as soon as it is there: as a line of JSON where no response
class is said, as an event with :class:`~fwlab.sse.EventSourceResponse`, as the bytes or text itself with any other.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Unpack

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticUndefined, from_json

from fwlab.background import BackgroundTasks
from fwlab.dependencies import HANDLER, ExitStacks, Step, batches, run_batches, slot_of
from fwlab.encoders import model_encoder, to_json_bytes
from fwlab.exception_handlers import answer
from fwlab.exceptions import FwlabError, HTTPException, RequestValidationError, WebSocketRequestValidationError
from fwlab.params import RouteOptions, SecurityScopes
from fwlab.requests import ClientDisconnect, Request, is_json, limited, read_body, run_while_connected
from fwlab.responses import JSONResponse, Response, StreamingResponse, UnsentError, content_type, has_body
from fwlab.signature import Input
from fwlab.types import Receive, Scope, Send
from fwlab.validation import JSONBody, Strings, look, read_form
from fwlab.websockets import WebSocket, WebSocketState

Values = dict[str, Any]  # by slot
Responder = Callable[[Request], Awaitable[Response]]


class Results:
    """Turns a path operation's results into responses.

    Args:
        owner: what messages call the handler.
        model: results are held against this type; None: sent as they are.
        **options: see :class:`OperationOptions`; those that say what a response is like.
    """

    def __init__(self, owner: str, model: TypeAdapter[Any] | None = None, **options: Unpack[RouteOptions]) -> None:
        self.owner = owner
        self._status_code = options.get("status_code")
        self._chosen_class = options.get("response_class")
        self._class = self._chosen_class or JSONResponse
        prefix = "response_model_"
        sent = {name.removeprefix(prefix): value for name, value in options.items() if name.startswith(prefix)}
        self._encode = to_json_bytes if model is None else model_encoder(model, owner, **sent)
        # A class that renders JSON in its own way gets the data; the others can have it from pydantic as bytes.
        self._as_bytes = self._class.render is JSONResponse.render
        self._content_type = content_type(self._class.media_type or "application/json")

    def __call__(self, result: Any, told: Response | None = None, tasks: BackgroundTasks | None = None) -> Response:
        """Return the response for a result.

        Args:
            result: what the handler returned; a response of its own is passed on.
            told: the response that the handler or a dependency asked for, to say status, headers and cookies.
            tasks: the background tasks that it asked for.

        Raises:
            ResponseValidationError: when the result is not what the response model allows.
            FwlabError: when it has no JSON form.
        """
        response: Response = result
        if not isinstance(result, Response):
            response = self._made(result, self._status_code if told is None else told.status_code or self._status_code)
            if told is not None:
                response.raw_headers.extend(told.raw_headers)
        if tasks is not None and response.background is None:
            response.background = tasks
        return response

    def _made(self, result: Any, status_code: int | None) -> Response:
        try:
            body = self._encode(result)
        except FwlabError as error:
            error.add_note(f"It is in what {self.owner} returned.")
            raise
        if status_code is not None and not has_body(status_code):
            return Response(status_code=status_code)
        if self._as_bytes:
            return Response.rendered(body, status_code or 200, self._content_type)
        content = from_json(body)
        return self._class(content) if status_code is None else self._class(content, status_code)


class StreamResults(Results):
    """Turns what a handler yields into a streaming response; each item is held against the response model."""

    def _made(self, result: Any, status_code: int | None) -> Response:
        status_code = status_code or 200
        if self._chosen_class is None:
            response = StreamingResponse(result, status_code, media_type="application/jsonl")
            response.encode = self._line
            return response
        from fwlab.sse import EventSourceResponse  # loaded only by apps that stream

        if issubclass(self._chosen_class, EventSourceResponse):
            return self._chosen_class.of_items(result, self._encode, status_code)
        return self._chosen_class(result, status_code)

    def _line(self, item: Any) -> bytes:
        return self._encode(item) + b"\n"


async def respond(request: Request) -> Response:
    """Return the response of the plan that a request was matched to, without sending it."""
    plan, until_sent = request.scope["fwlab.plan"]
    async with AsyncExitStack() as until_returned:
        stacks = {"function": until_returned, "request": until_sent}
        response: Response = await plan.respond(request.scope, request.receive, request._send, request, stacks)
        return response
    raise plan.swallowed()


class Plan:
    """What runs for each request of one path operation.

    Args:
        steps: the dependencies in the order in which they run, and last the handler.
        results: turns what it returns into responses; it also knows what messages call the handler.
        around: a route's own way to make a response, with :func:`respond` somewhere inside it.
        **options: see :class:`OperationOptions`; those that matter while a request runs.

    Example:
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> async def table(seat: int): return seat // 4
        >>> @app.get("/serve/{n}")
        ... def serve(n: int, table: int = Depends(table)): ...
        >>> [(step.name, step.lane) for step in app.plan(serve).steps]
        [('table', 'loop'), ('serve', 'thread')]
    """

    def __init__(
        self, steps: Sequence[Step], results: Results, around: Responder = respond, **options: Unpack[RouteOptions]
    ) -> None:
        self.steps, self._results, self._around = steps, results, around
        self._title = f"The plan of {results.owner}"
        *self._before, self._handler = self.steps
        self._batches = batches(self._before) if options.get("concurrent_dependencies") else None
        self._cancel_on_disconnect = options.get("cancel_on_disconnect", False)
        self._max_body_size = options.get("max_body_size")
        self._form_limits: Mapping[str, Any] = options.get("form_limits") or {}
        self._strict_content_type = options.get("strict_content_type") is not False
        strings = [item for item in self.inputs if item.source not in ("body", "form")]
        in_body = [item for item in self.inputs if item.source == "body"]
        self._form = [item for item in self.inputs if item.source == "form"]
        self._strings = Strings(strings) if strings else None
        self._body = JSONBody(in_body) if in_body and not self._form else None
        kinds = {kind for step in self.steps for _, kind in step.provided if kind is not SecurityScopes}
        self._made = [(slot_of(kind), _MAKERS[kind]) for kind in kinds if kind in _MAKERS]
        self._connection_slots = [slot_of(kind) for kind in kinds if kind not in _MAKERS]
        self._is_simple = around is respond and not self._form and not any(step.cleans_up for step in steps)

    @property
    def inputs(self) -> list[Input]:
        """All that the path operation takes from a request: the handler's inputs, then those of its dependencies."""
        return [item for step in sorted(self.steps, key=lambda step: step.read) for item in step.inputs]

    def __repr__(self) -> str:
        table = list(_table(self.steps))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join([self._title, *("  ".join(map(str.ljust, row, widths)).rstrip() for row in table)])

    def _repr_html_(self) -> str:
        """Return the table for a notebook, in colors that follow its theme."""
        from html import escape  # needed in notebooks only

        cell = 'style="text-align: left; padding: 0.2em 1em 0.2em 0; background: none; vertical-align: top"'
        head, *rows = ("".join(f"<td {cell}>{escape(text)}</td>" for text in row) for row in _table(self.steps))
        body = "".join(f"<tr>{row}</tr>" for row in (head.replace("td", "th"), *rows))
        caption = f'<caption style="text-align: left; color: inherit; font-weight: 600">{escape(self._title)}</caption>'
        return f'<table style="border-collapse: collapse; margin: 0">{caption}{body}</table>'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; ``scope["path_params"]`` holds what the router found in the path.

        An exception of the handler passes through the dependencies that yielded before the client hears of it, so one
        of them can turn it into another; none may swallow it, for then there would be nothing to answer.
        """
        response = None
        try:
            if self._max_body_size is not None:
                receive = limited(receive, self._max_body_size, scope["headers"])
            if self._is_simple:
                response = await self.respond(scope, receive, send, None, None)
                await response(scope, receive, send)
                return
            async with AsyncExitStack() as until_sent:
                scope["fwlab.plan"] = self, until_sent
                response = await self._around(Request(scope, receive, send))
                await response(scope, receive, send)
            if response is None:
                raise self.swallowed()
        except ClientDisconnect:
            return
        except Exception as exc:
            if response is not None and not isinstance(exc, UnsentError):
                raise
            await answer(exc, scope, receive, send)

    def swallowed(self) -> FwlabError:
        """Return the error for a request that is left without a response and without an exception."""
        told = f"{self._handler.name!r} is raising an exception and a dependency with yield swallowed it"
        return FwlabError(f"There is no response: {told}. Raise it again there, or raise an HTTPException.")

    async def respond(
        self, scope: Scope, receive: Receive, send: Send, request: Request | None, stacks: ExitStacks | None
    ) -> Response:
        """Return the response to a request without sending it."""
        if request is None and (self._connection_slots or self._form):
            request = Request(scope, receive, send)
        values = await self._values(scope, receive, request, stacks)
        running = self._handler.run(values, stacks)
        if self._cancel_on_disconnect:
            running = run_while_connected(running, receive)
        result = await running
        return self._results(result, values.get(":Response"), values.get(":BackgroundTasks"))

    async def _values(
        self, scope: Scope, receive: Receive, connection: Request | WebSocket | None, stacks: ExitStacks | None
    ) -> Values:
        """Return the value of every slot that the handler may ask for: inputs, objects, dependencies' results."""
        values: Values = dict.fromkeys(self._connection_slots, connection)
        for slot, make in self._made:
            values[slot] = make()
        raw = self._strings.read(scope) if self._strings is not None else {}
        if self._form and stacks is not None and isinstance(connection, Request):
            form = await connection.form(**self._form_limits)
            stacks["request"].push_async_callback(form.close)
            await read_form(self._form, form, raw)
            return await self._look_closer(values, raw, form, connection, stacks)
        body, declared_json = b"", False
        if self._body is not None:
            body = await (connection.body() if isinstance(connection, Request) else read_body(receive))
            declared_json = is_json(scope["headers"], strict=self._strict_content_type)
        try:
            if self._strings is not None:
                values.update(self._strings.validate(raw))
            if self._body is not None:
                values.update(self._body.validate(body if declared_json else b""))
        except ValidationError:
            parsed = self._body.parse(body, declared_json, raw) if self._body is not None else None
            return await self._look_closer(values, raw, parsed, connection, stacks)
        if self._batches is not None:
            await run_batches(self._batches, values, stacks)
        else:
            for step in self._before:
                values[step.slot] = await step.run(values, stacks)
        return values

    async def _look_closer(
        self, values: Values, raw: Values, body: Any, connection: Request | WebSocket | None, stacks: ExitStacks | None
    ) -> Values:
        """Validate value by value, step by step, and refuse with all that is wrong.

        A dependency whose own values are right still runs, as in FastAPI: one that answers 401 must not be hidden by a
        422 that tells a stranger what the request should have looked like.

        Raises:
            RequestValidationError: with every error.
        """
        errors: list[dict[str, Any]] = []
        for step in self.steps:
            ready = all(slot in values for _, slot in step.needs)
            for item in step.inputs:
                values[item.slot], wrong = look(item, raw.get(item.slot, PydanticUndefined))
                errors += wrong
                ready = ready and not wrong
            if ready and step.slot != HANDLER:
                values[step.slot] = await step.run(values, stacks)
        if errors and isinstance(connection, WebSocket):
            raise WebSocketRequestValidationError(errors)
        if errors:
            raise RequestValidationError(errors, body=None if body is PydanticUndefined else body)
        return values


def _told() -> Any:
    """Return what a handler may say status, headers and cookies on, of a response that is made from its result."""
    told: Any = Response()
    told.status_code = None  # until it is said
    told.raw_headers.clear()
    return told


_MAKERS: Mapping[type[Any], Callable[[], Any]] = {Response: _told, BackgroundTasks: BackgroundTasks}


class WebSocketPlan(Plan):
    """What runs for each connection of one WebSocket route."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the handler for one connection, from the request to open it to its end."""
        websocket = WebSocket(scope, receive, send)
        try:
            async with AsyncExitStack() as until_closed, AsyncExitStack() as until_returned:
                stacks = {"function": until_returned, "request": until_closed}
                values = await self._values(scope, receive, websocket, stacks)
                await self._handler.run(values, stacks)
        except Exception as exc:
            if isinstance(exc, HTTPException) and websocket.application_state is WebSocketState.CONNECTED:
                # An open connection can be refused no more, only closed.
                await websocket.close(1011 if exc.status_code >= 500 else 1008, str(exc.detail))
            else:
                await answer(exc, scope, receive, send)


def _table(steps: Sequence[Step]) -> Iterator[tuple[str, ...]]:
    """Yield a head, and a row for each step: its number, name, lane, what it takes, and what happens afterwards."""
    yield "", "function", "lane", "takes", "afterwards"
    names = {step.slot: step.name for step in steps}
    for number, step in enumerate(steps, start=1):
        users = [other.name for other in steps if step.slot in dict(other.needs).values()]
        taken = "; ".join(_taken(step, names)) or "nothing"
        yield str(number), step.name, step.lane, taken, "; ".join(_afterwards(step, users))


def _taken(step: Step, names: dict[str, str]) -> Iterator[str]:
    for item in step.inputs:
        name = item.argument if item.argument == item.alias else f"{item.argument} as {item.alias!r}"
        yield f"{name}: {item.written} from the {item.source}{'' if item.required else ', optional'}"
    for argument, slot in step.needs:
        yield f"{argument}: what {names[slot]} returned"
    for argument, kind in step.provided:
        yield f"{argument}: the {kind.__name__}"


def _afterwards(step: Step, users: Sequence[str]) -> Iterator[str]:
    if step.slot == HANDLER:
        yield "its result is the response"
    if len(users) > 1:
        yield f"kept for {', '.join(users)}"
    if step.cleans_up is not None:
        when = {"request": "the response is sent", "function": "the handler has returned"}
        yield f"cleans up when {when[step.cleans_up]}"
