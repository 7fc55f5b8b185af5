"""HTTP's status codes and the WebSocket protocol's closing codes by name: ``status.HTTP_404_NOT_FOUND`` is 404.

The names are those of RFC 9110 and of IANA's registries, which Python's :mod:`http` knows; each stands for the number
that it holds.
"""

from http import HTTPStatus


def __getattr__(name: str) -> int:
    """Say that there is no such name. It also tells type checkers, which cannot see them, what the others stand for."""
    raise AttributeError(f"There is no status {name!r}; HTTP's are written as HTTP_404_NOT_FOUND.")


globals().update({f"HTTP_{status.value}_{name}": status.value for name, status in HTTPStatus.__members__.items()})
# Those that have had another name, which only some versions of Python know.
HTTP_306_RESERVED = 306
HTTP_413_CONTENT_TOO_LARGE = HTTP_413_REQUEST_ENTITY_TOO_LARGE = 413
HTTP_414_URI_TOO_LONG = HTTP_414_REQUEST_URI_TOO_LONG = 414
HTTP_416_RANGE_NOT_SATISFIABLE = HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE = 416
HTTP_422_UNPROCESSABLE_CONTENT = HTTP_422_UNPROCESSABLE_ENTITY = 422

WS_1000_NORMAL_CLOSURE, WS_1001_GOING_AWAY, WS_1002_PROTOCOL_ERROR, WS_1003_UNSUPPORTED_DATA = range(1000, 1004)
WS_1005_NO_STATUS_RCVD, WS_1006_ABNORMAL_CLOSURE, WS_1007_INVALID_FRAME_PAYLOAD_DATA = range(1005, 1008)
WS_1008_POLICY_VIOLATION, WS_1009_MESSAGE_TOO_BIG, WS_1010_MANDATORY_EXT, WS_1011_INTERNAL_ERROR = range(1008, 1012)
WS_1012_SERVICE_RESTART, WS_1013_TRY_AGAIN_LATER, WS_1014_BAD_GATEWAY, WS_1015_TLS_HANDSHAKE = range(1012, 1016)
