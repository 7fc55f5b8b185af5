"""The words of ASGI as Python types: what a server hands to an application, and what it expects back.

See the ASGI specification (asgi.readthedocs.io, version 3.0) for the meaning of each message.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
RawHeader = tuple[bytes, bytes]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

Function = Callable[..., Any]  # a handler, a dependency, or what else is called by the framework
