"""How an exception becomes a response: in one place, once.

An :class:`HTTPException` and a :class:`RequestValidationError` are answers, and an app may have handlers for more. What
is left is a mistake of the app: the client is told no more than status 500, and the exception goes on to the server,
which logs it with its traceback.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fwlab.concurrency import run_in_own_lane
from fwlab.encoders import jsonable_encoder
from fwlab.exceptions import HTTPException, RequestValidationError, WebSocketException, WebSocketRequestValidationError
from fwlab.requests import Request
from fwlab.responses import JSONResponse, PlainTextResponse, Response, has_body
from fwlab.types import Receive, Scope, Send
from fwlab.websockets import WebSocket, respond

ExceptionHandler = Callable[[Any, Any], Any]


async def http_exception_handler(request: Request, exc: HTTPException) -> Response:
    """Return the response that an :class:`HTTPException` stands for."""
    if not has_body(exc.status_code):
        return Response(status_code=exc.status_code, headers=exc.headers)
    return JSONResponse({"detail": exc.detail}, exc.status_code, exc.headers)


async def request_validation_exception_handler(request: Request, exc: RequestValidationError) -> Response:
    """Return status 422 with every error: its type, its place in the request, a sentence and the input."""
    return JSONResponse({"detail": _jsonable(exc)}, 422)


async def websocket_request_validation_exception_handler(
    websocket: WebSocket, exc: WebSocketRequestValidationError
) -> None:
    """Close the connection with code 1008 and every error as the reason."""
    await websocket.close(1008, str(_jsonable(exc)))


async def websocket_exception_handler(websocket: WebSocket, exc: WebSocketException) -> None:
    """Close the connection with the exception's code and reason."""
    await websocket.close(exc.code, exc.reason)


async def _internal_server_error(request: Request, exc: Exception) -> Response:
    return PlainTextResponse("Internal Server Error", 500)


def _jsonable(exc: RequestValidationError | WebSocketRequestValidationError) -> Any:
    try:
        return jsonable_encoder(exc.errors())
    except ValueError:  # the input is bytes that are no text
        return jsonable_encoder([{**error, "input": None} for error in exc.errors()])


DEFAULT_HANDLERS: Mapping[type[Exception], ExceptionHandler] = {
    HTTPException: http_exception_handler,
    RequestValidationError: request_validation_exception_handler,
    WebSocketRequestValidationError: websocket_request_validation_exception_handler,
    WebSocketException: websocket_exception_handler,
}


async def answer(exc: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that ended in an exception before its response had begun.

    Raises:
        Exception: ``exc`` itself when it is a mistake of the app: once the client has its answer, or, in an app with
            middleware, at once, so that the middleware can see it; what is outermost answers then.
    """
    if handler := _handler_for(exc, scope["app"].exception_handlers):
        await _respond(handler, exc, scope, receive, send)
    elif scope["type"] == "websocket" or scope["app"].user_middleware:
        raise exc
    else:
        await answer_mistake(exc, scope, receive, send)


async def answer_mistake(exc: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with status 500, or as the app's handler for that says, and raise the exception for the server to log."""
    own: Mapping[Any, ExceptionHandler] = scope["app"].exception_handlers
    await _respond(own.get(500) or own.get(Exception) or _internal_server_error, exc, scope, receive, send)
    raise exc


async def _respond(handler: ExceptionHandler, exc: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    connection = (WebSocket if scope["type"] == "websocket" else Request)(scope, receive, send)
    response = await run_in_own_lane(handler, connection, exc)
    if response is not None:
        await respond(response, scope, receive, send)


def _handler_for(exc: Exception, own: Mapping[Any, ExceptionHandler]) -> ExceptionHandler | None:
    """Return the handler for an exception: by its status, or by the nearest of its classes, the app's own first."""
    kinds: list[Any] = [kind for kind in type(exc).__mro__ if kind is not Exception]
    if isinstance(exc, HTTPException) and exc.status_code != 500:  # the handler of 500 is for mistakes
        kinds.insert(0, exc.status_code)
    handlers = {**DEFAULT_HANDLERS, **own}
    return next((handlers[kind] for kind in kinds if kind in handlers), None)
