"""A path operation's plan: its handler's signature, compiled once into what runs for each request.

The plan is an ASGI callable. It reads the parts of the request that the signatures ask for, validates them in one go,
runs the dependencies in their order and then the handler, each in its lane, and sends the result as JSON. What can be
decided without a request was decided when the plan was made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AsyncExitStack
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticUndefined

from fwlab.dependencies import HANDLER, Step, plan_steps
from fwlab.encoders import ModelEncoder, to_json_bytes
from fwlab.exception_handlers import answer
from fwlab.exceptions import FwlabError, RequestValidationError
from fwlab.params import Depends
from fwlab.requests import is_json, read_body
from fwlab.responses import Response, has_body
from fwlab.signature import Input
from fwlab.types import Receive, Scope, Send
from fwlab.validation import JSONBody, Strings, look


class Plan:
    """What runs for each request of one path operation.

    Args:
        handler: the path operation's function.
        path_names: the parameters of its path template.
        owner: what messages call it.
        dependencies: run before it, results unused.
        response_model: its results are held against this type; None: sent as they are.
        status_code: of a result; a :class:`Response` that the handler returns has its own.

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
        response_model: TypeAdapter[Any] | None = None,
        status_code: int = 200,
    ) -> None:
        self.steps: tuple[Step, ...] = plan_steps(handler, path_names=path_names, owner=owner, extra=dependencies)
        self.status_code = status_code
        self._owner = owner
        self._before, self._handler = self.steps[:-1], self.steps[-1]
        self._cleans_up = any(step.cleans_up for step in self.steps)
        inputs = [slotted for step in self.steps for slotted in step.inputs]
        self._strings = Strings([slotted for slotted in inputs if slotted[1].source != "body"])
        in_body = [slotted for slotted in inputs if slotted[1].source == "body"]
        self._body = JSONBody(in_body) if in_body else None
        self._encode = to_json_bytes if response_model is None else ModelEncoder(response_model, owner)
        self._sends_body = has_body(status_code)

    @property
    def inputs(self) -> list[Input]:
        """All that the path operation takes from a request: the handler's inputs, then those of its dependencies."""
        return [item for step in sorted(self.steps, key=lambda step: step.read) for _, item in step.inputs]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; ``scope["path_params"]`` holds what the router found in the path."""
        if self._cleans_up:
            await self._run_and_clean_up(scope, receive, send)
            return
        try:
            response = await self._respond(scope, receive, None)
        except Exception as exc:
            await answer(exc, scope, receive, send)
        else:
            await response(scope, receive, send)

    async def _run_and_clean_up(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, then let each dependency that yielded clean up, the last one first.

        An exception of the handler passes through the dependencies before the client hears of it, so one of them can
        turn it into another; none may swallow it, for then there would be nothing to answer.
        """
        answered = False
        try:
            async with AsyncExitStack() as stack:
                response = await self._respond(scope, receive, stack)
                answered = True
                await response(scope, receive, send)
            if not answered:
                raise FwlabError(
                    f"A dependency of {self._handler.name!r} swallowed an exception after its yield; raise it again, "
                    "or raise an HTTPException."
                )
        except Exception as exc:
            if answered:
                raise
            await answer(exc, scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, stack: AsyncExitStack | None) -> Response:
        raw = self._strings.read(scope["path_params"], scope["query_string"])
        body, declared_json = b"", False
        if self._body is not None:
            body, declared_json = await read_body(receive), is_json(scope["headers"])
        try:
            values = self._strings.validate(raw)
            if self._body is not None:
                from_body = self._body.validate(body, declared_json)
                if from_body is None:
                    return await self._look_closer(raw, body, declared_json, stack)
                values.update(from_body)
        except ValidationError:
            return await self._look_closer(raw, body, declared_json, stack)
        for step in self._before:
            values[step.slot] = await step.run(values, stack)
        return self._result(await self._handler.run(values, stack))

    def _result(self, result: Any) -> Response:
        if isinstance(result, Response):
            return result
        try:
            body = self._encode(result)
        except FwlabError as error:
            error.add_note(f"It is in what {self._owner} returned.")
            raise
        if not self._sends_body:
            return Response(status_code=self.status_code)
        return Response(body, self.status_code, media_type="application/json")

    async def _look_closer(
        self, raw: dict[str, Any], body: bytes, declared_json: bool, stack: AsyncExitStack | None
    ) -> Response:
        """Validate value by value, step by step, and refuse with all that is wrong.

        A dependency whose own values are right still runs, as in FastAPI: one that answers 401 must not be hidden by a
        422 that tells a stranger what the request should have looked like.

        Raises:
            RequestValidationError: with every error.
        """
        parsed = None if self._body is None else self._body.parse(body, declared_json)
        values: dict[str, Any] = {}
        errors: list[dict[str, Any]] = []
        for step in self.steps:
            ready = all(slot in values for _, slot in step.needs)
            for slot, item in step.inputs:
                if self._body is not None and item.source == "body":
                    values[slot], wrong = self._body.look(item, parsed)
                else:
                    values[slot], wrong = look(item, raw.get(slot, PydanticUndefined), (item.source, item.alias))
                errors += wrong
                ready = ready and not wrong
            if ready and step.slot != HANDLER:
                values[step.slot] = await step.run(values, stack)
        if errors:
            raise RequestValidationError(errors, body=parsed)
        return self._result(await self._handler.run(values, stack))
