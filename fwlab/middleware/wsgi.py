"""An app of the older, synchronous kind (WSGI, PEP 3333: Flask, Django, Bottle) as an ASGI app, to be mounted in one.

a2wsgi does the work: the app runs in worker threads of its own, so it never blocks the loop, which must be asyncio's.
"""

from typing import Any

from fwlab.exceptions import import_extra
from fwlab.types import Receive, Scope, Send


class WSGIMiddleware:
    """Calls a WSGI app.

    Args:
        app: the WSGI app, such as Flask's ``app``.
        workers: so many requests at a time.

    Raises:
        FwlabError: when a2wsgi is not installed.

    Example:
        >>> def hello(environ, start_response):
        ...     start_response("200 OK", [("Content-Type", "text/plain")])
        ...     return [b"Hello from WSGI"]
        >>> from fwlab import App
        >>> app = App()
        >>> app.mount("/old", WSGIMiddleware(hello))
    """

    def __init__(self, app: Any, workers: int = 10) -> None:
        self.app = app
        self._adapter = import_extra("a2wsgi", "WSGI apps").WSGIMiddleware(app, workers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        # A dash is an underscore in WSGI: a header that came with one could pass for another, such as a proxy's own.
        headers = [(name, value) for name, value in scope.get("headers", ()) if name != b"cookie" and b"_" not in name]
        if cookies := [value for name, value in scope.get("headers", ()) if name == b"cookie"]:
            headers.append((b"cookie", b"; ".join(cookies)))  # which HTTP/2 may bring one by one
        await self._adapter({**scope, "headers": headers}, receive, send)
