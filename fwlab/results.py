"""What a handler returned or yields, as a response: held against its model, encoded, with status and media type.

Which of the ways a result takes was settled at registration; for the usual one, JSON, it is a single call. Each item of
a handler that yields is sent as soon as it is there: as a line of JSON where no response class is said, as an event
with :class:`~fwlab.sse.EventSourceResponse`, as the bytes or text itself with any other.
"""

from __future__ import annotations

from typing import Any, Unpack

from pydantic import TypeAdapter
from pydantic_core import from_json

from fwlab.background import BackgroundTasks
from fwlab.encoders import model_encoder, to_json_bytes
from fwlab.exceptions import FwlabError
from fwlab.params import RouteOptions
from fwlab.responses import JSONResponse, Response, StreamingResponse, content_type, has_body
from fwlab.sse import EventSourceResponse


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
        if issubclass(self._chosen_class, EventSourceResponse):
            return self._chosen_class.of_items(result, self._encode, status_code)
        return self._chosen_class(result, status_code)

    def _line(self, item: Any) -> bytes:
        return self._encode(item) + b"\n"
