"""An application on its way to another process: by its path where it has one, else by value.

By value means that the functions of a notebook's cell travel as code, with the globals that they use, as cloudpickle
does it; what an installed module defines travels as its name.
"""

from __future__ import annotations

import io
import linecache
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import cloudpickle

from fwlab.lab.errors import ServeError
from fwlab.lab.serving.app_path import app_at

if TYPE_CHECKING:
    from fwlab.types import ASGIApp


@dataclass(frozen=True, slots=True)
class SentApp:
    """An application as data. Made by :func:`send_app`; :meth:`load` makes the application of it."""

    path: str | None
    pickled: bytes
    sources: dict[str, Any]
    """The text of the cells, for tracebacks: what :mod:`linecache` knows and no file has."""

    def load(self) -> ASGIApp:
        """Import the application, or rebuild it.

        Raises:
            ServeError: that failed.
        """
        linecache.cache.update(self.sources)
        if self.path is not None:
            return app_at(self.path)
        try:
            return cast("ASGIApp", pickle.loads(self.pickled))
        except Exception as error:  # whatever an object's own unpickling raises
            raise ServeError(
                f"The application cannot be rebuilt in another process. {type(error).__name__}: {error}\n"
                "What it takes from modules must be importable there too."
            ) from error


def send_app(app: ASGIApp | str) -> SentApp:
    """Make data of an application.

    Args:
        app: the application, or its path ``"module:name"``.

    Raises:
        ServeError: a part of the application cannot be sent: an open file, a lock, a connection.
    """
    if isinstance(app, str):
        return SentApp(app, b"", {})
    file = io.BytesIO()
    try:
        _Pickler(file).dump(app)
    except Exception as error:  # whatever an object's own pickling raises
        raise ServeError(
            f"The application cannot be sent to another process. {type(error).__name__}: {error}\n"
            "Make open files, connections and locks in the lifespan, by each process for itself; or put the app into a "
            "module, and serve it by its path: serve('shop:app', where='process')."
        ) from error
    sources = {name: entry for name, entry in linecache.cache.items() if len(entry) == 4 and entry[1] is None}
    return SentApp(None, file.getvalue(), sources)


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    def reducer_override(self, obj: Any) -> Any:
        # `app.state`, fwlab's and Starlette's: it answers to every name with what it stores, and so ends in an endless
        # recursion where pickle asks it, still empty, for a method.
        if type(obj).__name__ == "State" and isinstance(vars(obj).get("_state"), dict):
            return type(obj), (vars(obj)["_state"],)
        return super().reducer_override(obj)
