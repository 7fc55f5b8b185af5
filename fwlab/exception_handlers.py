"""How an exception becomes a response: in one place, once.

An :class:`HTTPException` and a :class:`RequestValidationError` are answers; anything else is a mistake of the app: the
client is told no more than status 500, and the exception goes on to the server, which logs it with its traceback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from fwlab.exceptions import HTTPException, RequestValidationError
from fwlab.responses import JSONResponse, PlainTextResponse, Response, has_body
from fwlab.types import Receive, Scope, Send


def http_exception_response(exc: HTTPException) -> Response:
    """Return the response that an :class:`HTTPException` stands for."""
    if not has_body(exc.status_code):
        return Response(status_code=exc.status_code, headers=exc.headers)
    return JSONResponse({"detail": exc.detail}, exc.status_code, exc.headers)


def validation_response(exc: RequestValidationError) -> Response:
    """Return status 422 with every error: its type, its place in the request, a sentence and the input."""
    try:
        details = _in_json(exc.errors())
    except ValueError:  # the input is bytes that are no text
        details = _in_json([{**error, "input": None} for error in exc.errors()])
    return JSONResponse({"detail": details}, 422)


def _in_json(errors: Sequence[Mapping[str, Any]]) -> Any:
    # An error's context can hold an exception of the app's own validators, whose text is in the message. FastAPI sends
    # its attributes, of which there are none as a rule.
    return to_jsonable_python(list(errors), fallback=_attributes, bytes_mode="utf8")


def _attributes(value: Any) -> Any:
    return getattr(value, "__dict__", str(value))


async def answer(exc: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that ended in an exception before its response had begun.

    Raises:
        Exception: ``exc`` itself, once the client has its answer, when it is a mistake of the app.
    """
    if isinstance(exc, HTTPException):
        await http_exception_response(exc)(scope, receive, send)
    elif isinstance(exc, RequestValidationError):
        await validation_response(exc)(scope, receive, send)
    else:
        await PlainTextResponse("Internal Server Error", 500)(scope, receive, send)
        raise exc
