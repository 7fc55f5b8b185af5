"""What a handler returned, as a response: held against the response model, encoded, with status and media type.

Which of the ways a result takes was settled at registration; for the usual one, JSON, it is a single call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from fwlab.background import BackgroundTasks
from fwlab.encoders import ModelEncoder, jsonable_encoder, to_json_bytes
from fwlab.exceptions import FwlabError
from fwlab.responses import JSONResponse, Response, content_type, has_body


class Results:
    """Turns a path operation's results into responses.

    Args:
        owner: what messages call the handler.
        response_model: results are held against this type; None: sent as they are.
        model_options: which of the model's fields are sent: ``exclude_unset``, ``include`` and so on.
        response_class: the class of the responses, for a result that is none itself.
        status_code: their status; None: the class's own.
    """

    def __init__(
        self,
        owner: str,
        *,
        response_model: TypeAdapter[Any] | None = None,
        model_options: Mapping[str, Any] | None = None,
        response_class: type[Response] = JSONResponse,
        status_code: int | None = None,
    ) -> None:
        self.status_code = status_code
        self.response_class = response_class
        self._owner = owner
        self._model = None if response_model is None else ModelEncoder(response_model, owner, **(model_options or {}))
        self._encode = self._model or to_json_bytes
        # A class that renders JSON in its own way gets the data; the others can have it from pydantic as bytes.
        self._as_bytes = issubclass(response_class, JSONResponse) and response_class.render is JSONResponse.render
        self._content_type = content_type(response_class.media_type or "application/json")

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
        if isinstance(result, Response):
            if tasks is not None and tasks.tasks and result.background is None:
                result.background = tasks
            return result
        response = self._made(result, self.status_code if told is None else told.status_code or self.status_code)
        if told is not None:
            response.raw_headers.extend(told.raw_headers)
        if tasks is not None and tasks.tasks:
            response.background = tasks
        return response

    def _made(self, result: Any, status_code: int | None) -> Response:
        try:
            if self._as_bytes:
                body = self._encode(result)
                if status_code is None:
                    return Response.rendered(body, 200, self._content_type)
                if has_body(status_code):
                    return Response.rendered(body, status_code, self._content_type)
                return Response(status_code=status_code)
            content = jsonable_encoder(result) if self._model is None else self._model.to_python(result)
        except FwlabError as error:
            error.add_note(f"It is in what {self._owner} returned.")
            raise
        if status_code is not None and not has_body(status_code):
            return Response(status_code=status_code)
        return self.response_class(content) if status_code is None else self.response_class(content, status_code)
