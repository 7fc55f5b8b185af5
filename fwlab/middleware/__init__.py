"""What stands between the server and the app's path operations: ASGI apps around an ASGI app.

Each takes the app it is around and calls it with the same three arguments, so they can be stacked in any order and
work with any ASGI app. Scopes that one has nothing to say about, such as a lifespan's, pass through it.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from fwlab.datastructures import MutableHeaders
from fwlab.types import ASGIApp, Message, Send

P = ParamSpec("P")


class Middleware:
    """A middleware and its arguments, before it has an app to be around.

    Args:
        cls: what makes it, usually a class; it is called with the app and the arguments.
        *args: passed on.
        **kwargs: passed on.

    Example:
        >>> from fwlab import App
        >>> from fwlab.middleware.gzip import GZipMiddleware
        >>> app = App(middleware=[Middleware(GZipMiddleware, minimum_size=1000)])
    """

    def __init__(self, cls: Callable[Concatenate[Any, P], ASGIApp], *args: P.args, **kwargs: P.kwargs) -> None:
        self.cls: Callable[..., ASGIApp] = cls
        self.args, self.kwargs = args, kwargs


def changing_headers(send: Send, change: Callable[[MutableHeaders], None]) -> Send:
    """Return a ``send`` on whose way the headers of a response are changed; the app's own stay as they are."""

    async def send_changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            change(headers)
            message = {**message, "headers": headers.raw}
        await send(message)

    return send_changed
