"""Handlers that yield: each item is sent as soon as it is there.

What an item becomes depends on the response class: a line of JSON where none is said, an event with
:class:`~fwlab.sse.EventSourceResponse`, the bytes or text itself with any other.
"""

from __future__ import annotations

import collections.abc
import inspect
from collections.abc import AsyncIterable
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter

from fwlab.background import BackgroundTasks
from fwlab.concurrency import iterate_in_threadpool
from fwlab.encoders import ModelEncoder, to_json_bytes
from fwlab.responses import Response, StreamingResponse
from fwlab.sse import EventSourceResponse

_ITERABLES = (
    collections.abc.AsyncIterable,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
    collections.abc.Iterable,
    collections.abc.Iterator,
    collections.abc.Generator,
)


def item_annotation(annotation: Any) -> Any:
    """Return the type of the items of a handler that yields, out of its return annotation; empty if it says none."""
    if get_origin(annotation) in _ITERABLES and get_args(annotation):
        return get_args(annotation)[0]
    return inspect.Signature.empty


class StreamResults:
    """Turns what a handler yields into a streaming response.

    Args:
        owner: what messages call the handler.
        item_model: each item is held against this type; None: sent as it is.
        response_class: how items are sent; see above.
        status_code: of the response. Default 200.
    """

    def __init__(
        self,
        owner: str,
        item_model: TypeAdapter[Any] | None,
        response_class: type[Response] | None,
        status_code: int | None,
    ) -> None:
        self._encode = to_json_bytes if item_model is None else ModelEncoder(item_model, owner)
        self._response_class = response_class
        self._status_code = status_code or 200

    def __call__(self, result: Any, told: Response | None = None, tasks: BackgroundTasks | None = None) -> Response:
        """Return the response for an iterator."""
        items = result if isinstance(result, AsyncIterable) else iterate_in_threadpool(result)
        status_code = self._status_code if told is None else told.status_code or self._status_code
        response = self._streaming(items, status_code)
        if told is not None:
            response.raw_headers.extend(told.raw_headers)
        if tasks is not None:  # even where it is empty: the handler adds to it while it streams
            response.background = tasks
        return response

    def _streaming(self, items: AsyncIterable[Any], status_code: int) -> Response:
        if self._response_class is None:
            response = StreamingResponse(items, status_code, media_type="application/jsonl")
            response.encode = self._line
            return response
        if issubclass(self._response_class, EventSourceResponse):
            return self._response_class.of_items(items, self._encode, status_code)
        return self._response_class(items, status_code)

    def _line(self, item: Any) -> bytes:
        return self._encode(item) + b"\n"
