"""Server-sent events: a response that stays open, and on which the server speaks when it has something to say.

A handler that yields, with ``response_class=EventSourceResponse``, sends each item as an event; the browser's
``EventSource`` reads them. While there is nothing to say, a comment now and then keeps the connection open.
The format is HTML's, section 9.2 (html.spec.whatwg.org).
"""

import re
from collections.abc import AsyncIterable, Callable, Iterable
from typing import Any, ClassVar, Self

import anyio
from pydantic import BaseModel, Field, model_validator

from fwlab.encoders import to_json_bytes
from fwlab.responses import StreamingResponse
from fwlab.types import Message, Receive, Scope, Send

KEEPALIVE_COMMENT = b": ping\n\n"


class ServerSentEvent(BaseModel, defer_build=True):  # when the first is made: an app without one need not wait
    r"""An event that says more than its data.

    Args:
        data: any JSON value, and what can be made one; a text, too, is written as JSON, in quotes.
        raw_data: a text to be sent as it is instead of ``data``.
        event: its kind, for ``addEventListener``. Default: the browser takes it for ``"message"``.
        id: what the browser sends back as ``Last-Event-ID`` when it connects again.
        retry: after how many milliseconds it is to do so.
        comment: a remark, which the browser does not look at.

    Example:
        >>> ServerSentEvent(data={"order": 7}, event="cooked", id="1").encode()
        b'event: cooked\ndata: {"order":7}\nid: 1\n\n'
    """

    data: Any = None
    raw_data: str | None = None
    event: str | None = Field(default=None, pattern=r"^[^\r\n]*$")
    id: str | None = Field(default=None, pattern=r"^[^\r\n\x00]*$")
    retry: int | None = Field(default=None, ge=0)
    comment: str | None = None

    @model_validator(mode="after")
    def _one_kind_of_data(self) -> Self:
        if self.data is not None and self.raw_data is not None:
            raise ValueError("Cannot set both 'data' and 'raw_data'; 'data' is written as JSON, 'raw_data' as it is.")
        return self

    def encode(self) -> bytes:
        """Return the event as it is sent."""
        data = self.raw_data if self.data is None else to_json_bytes(self.data).decode()
        return format_sse_event(data_str=data, event=self.event, id=self.id, retry=self.retry, comment=self.comment)


def format_sse_event(
    *,
    data_str: str | None = None,
    event: str | None = None,
    id: str | None = None,
    retry: int | None = None,
    comment: str | None = None,
) -> bytes:
    r"""Return an event as it is sent; see :class:`ServerSentEvent`.

    Example:
        >>> format_sse_event(data_str="two\nlines", retry=500)
        b'data: two\ndata: lines\nretry: 500\n\n'
    """
    lines = []
    for name, value in (("", comment), ("event", event), ("data", data_str), ("id", id), ("retry", retry)):
        if value is not None:
            lines += [f"{name}: {line}\n" for line in re.split(r"\r\n|\r|\n", str(value))]
    return ("".join(lines) + "\n").encode()


class EventSourceResponse(StreamingResponse):
    """A stream of server-sent events.

    As the ``response_class`` of a handler that yields, it makes an event of each item: a :class:`ServerSentEvent` says
    itself what is sent, anything else is the event's data, as JSON. Given to a client by hand it sends its content as
    it is; :func:`format_sse_event` writes the events.

    Example:
        >>> from fwlab import App
        >>> app = App()
        >>> @app.get("/orders", response_class=EventSourceResponse)
        ... async def orders():
        ...     yield {"order": 7}
        ...     yield ServerSentEvent(data={"order": 8}, id="8")
    """

    media_type = "text/event-stream"
    ping_interval: ClassVar[float] = 15.0
    """After how many seconds without an event a comment is sent, lest a proxy take the connection for dead."""

    @classmethod
    def of_items(
        cls, items: AsyncIterable[Any] | Iterable[Any], encode: Callable[[Any], bytes], status_code: int = 200
    ) -> Self:
        """Return the response to send the items of a handler as events.

        Args:
            items: what it yields.
            encode: makes JSON of an item that is no :class:`ServerSentEvent`.
            status_code: the HTTP status.
        """

        def event_of(item: Any) -> bytes:
            told = isinstance(item, ServerSentEvent)
            return item.encode() if told else format_sse_event(data_str=encode(item).decode())

        # nginx would keep the events back.
        response = cls(items, status_code, {"cache-control": "no-cache", "x-accel-buffering": "no"})
        response.encode = event_of
        return response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events, and a comment where none has come for a while."""
        turn = anyio.Lock()
        last = anyio.current_time()

        async def send_in_turn(message: Message) -> None:
            nonlocal last
            async with turn:
                await send(message)
                last = anyio.current_time()

        async def receive_or_ping() -> Message:
            while True:
                with anyio.move_on_after(last + self.ping_interval - anyio.current_time()):
                    return await receive()
                if anyio.current_time() >= last + self.ping_interval:
                    try:
                        await send_in_turn({"type": "http.response.body", "body": KEEPALIVE_COMMENT, "more_body": True})
                    except Exception:  # whatever it is, nobody is left to send to
                        return {"type": "http.disconnect"}

        await super().__call__(scope, receive_or_ping, send_in_turn)
