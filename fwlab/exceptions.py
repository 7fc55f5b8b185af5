"""Everything that can go wrong, as one small tree, and what of it a client is told.

:class:`FwlabError` is the root of what fwlab raises itself: a mistake in the app, found when it is declared or run.
:class:`HTTPException` and :class:`RequestValidationError` are not mistakes of the app but answers to a client;
``exception_handlers.py`` turns them into responses.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib import import_module
from typing import Any

from fwlab.places import is_users_file


class FwlabError(RuntimeError):
    """The root of every error that fwlab raises itself."""

    def _render_traceback_(self) -> list[str]:
        """Show in a notebook, where IPython asks for it, the reader's own lines and the message, and none of ours."""
        import traceback  # when it is needed: it takes long to load

        shown = [frame for frame in traceback.extract_tb(self.__traceback__) if is_users_file(frame.filename)]
        places = [f"line {frame.lineno}, in {frame.name}:\n    {frame.line}" for frame in shown]
        return [*places, f"{type(self).__name__}: {self}", *getattr(self, "__notes__", ())]


def import_extra(package: str, use: str) -> Any:
    """Return a package that only some apps need, or name what to install.

    Args:
        package: as it is imported.
        use: what needs it, in the plural.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        raise FwlabError(f"{use} need {(name := package.replace('_', '-'))}: pip install {name}") from error


class DefinitionError(FwlabError):
    """An app that cannot work as it is written: found at registration, where the mend is at hand.

    The message names the handler or dependency, the argument, what is wrong with it and what to write instead.
    """


class FwlabDeprecationWarning(UserWarning):
    """Something is written in an old way; shown by default, unlike Python's own warning of this kind."""


class DependencyScopeError(DefinitionError):
    """A dependency that lives until the response is sent needs one that is cleaned up before."""


class _Answer(Exception):
    """What both kinds of connection have in common: a number and what is said of it, as the exception's arguments."""

    def __str__(self) -> str:
        return "{}: {}".format(*self.args)


class HTTPException(_Answer):
    """Raise it in a handler or a dependency to answer with an error instead of a result.

    Args:
        status_code: the HTTP status of the answer, such as 404.
        detail: any JSON value; the client gets ``{"detail": detail}``. Default: the status's own phrase.
        headers: added to the response.

    Example:
        >>> raise HTTPException(404, "No such burger")
        Traceback (most recent call last):
        ...
        fwlab.exceptions.HTTPException: 404: No such burger
    """

    def __init__(self, status_code: int, detail: Any = None, headers: Mapping[str, str] | None = None) -> None:
        self.status_code = status_code
        self.detail = HTTPStatus(status_code).phrase if detail is None else detail
        self.headers = headers
        super().__init__(status_code, self.detail)


class WebSocketException(_Answer):
    """Raise it in a WebSocket's handler or dependency to close the connection.

    Args:
        code: why, as a number (``fwlab.status.WS_…``).
        reason: why, in words.

    Example:
        >>> raise WebSocketException(1008, "Who are you?")
        Traceback (most recent call last):
        ...
        fwlab.exceptions.WebSocketException: 1008: Who are you?
    """

    def __init__(self, code: int, reason: str | None = None) -> None:
        self.code, self.reason = code, reason or ""
        super().__init__(code, self.reason)


class ValidationException(Exception):
    """Values that are not of the declared types; :meth:`errors` lists each with its place."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        self._errors = errors
        super().__init__(errors)

    def errors(self) -> Sequence[Mapping[str, Any]]:
        """Return one mapping an error: ``type``, ``loc`` (where), ``msg``, ``input`` and sometimes ``ctx``."""
        return self._errors

    def __str__(self) -> str:
        counted = f"{len(self._errors)} validation error{'s' if len(self._errors) != 1 else ''}:"
        return "\n".join([counted, *(f"  {error['loc']}: {error['msg']}" for error in self._errors)])


class RequestValidationError(ValidationException):
    """A request that does not fit the declared parameters or body: the client gets status 422 and the list."""

    def __init__(self, errors: Sequence[Mapping[str, Any]], *, body: Any = None) -> None:
        super().__init__(errors)
        self.body = body


class WebSocketRequestValidationError(ValidationException):
    """A WebSocket whose request does not fit the declared parameters: the connection is closed with code 1008."""


class ResponseValidationError(ValidationException):
    """A result that does not fit the declared response model: a mistake of the app, so the client gets status 500."""

    def __init__(self, errors: Sequence[Mapping[str, Any]], *, handler: str) -> None:
        super().__init__(errors)
        self.handler = handler

    def __str__(self) -> str:
        return f"{self.handler} returned what its response model does not allow; {super().__str__()}"
