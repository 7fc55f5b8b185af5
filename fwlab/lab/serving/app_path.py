"""An application by the name that a terminal can give it: ``"shop:app"``, the module and what it is called there."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, cast

from fwlab.lab.errors import ServeError
from fwlab.lab.tracebacks import from_users_code, place_of

if TYPE_CHECKING:
    from types import ModuleType

    from fwlab.types import ASGIApp


def check_app_path(path: str) -> None:
    """Refuse what cannot be the path of an application.

    Raises:
        ServeError: the path has not the form ``module:name``.

    Example:
        >>> check_app_path("shop.main:app")
        >>> check_app_path("shop.py")
        Traceback (most recent call last):
        fwlab.lab.errors.ServeError: 'shop.py' is no path of an application: write 'shop:app', module:name.
    """
    module, colon, name = path.partition(":")
    if colon and all(part.isidentifier() for part in (*module.split("."), *name.split("."))) and module[-3:] != ".py":
        return
    stem = module.removesuffix(".py").replace("/", ".").strip(".")
    fits = all(part.isidentifier() for part in stem.split("."))
    mend = f"{stem if fits else 'shop'}:{name if name.isidentifier() else 'app'}"
    raise ServeError(f"{path!r} is no path of an application: write {mend!r}, module:name.")


def app_at(path: str) -> ASGIApp:
    """Import the application at a path. A module that was imported before stays as it is.

    Args:
        path: ``"module:name"``; both may have dots.

    Raises:
        ServeError: there is no such module or name, the module cannot be imported, or what is there is no application.
    """
    check_app_path(path)
    module_name, _, names = path.partition(":")
    found: object = _module(module_name, path)
    for name in names.split("."):
        if not hasattr(found, name):
            raise ServeError(f"{path!r}: {module_name} has no {name!r}.{_instead(found, module_name)}")
        found = getattr(found, name)
    if not callable(found):
        raise ServeError(f"{path!r}: an ASGI application can be called, and this is {found!r}.")
    return cast("ASGIApp", found)


def _module(name: str, path: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            where = sys.path[0] or "this folder"
            raise ServeError(f"{path!r}: no module {name!r} in {where} or where else Python looks.") from None
        raise _broken(name, path, error) from error
    except Exception as error:
        raise _broken(name, path, error) from error
    except SystemExit as error:  # it would end the kernel
        raise _broken(name, path, error) from None


def _broken(name: str, path: str, error: BaseException) -> ServeError:
    place = place_of(error)
    if isinstance(error, SyntaxError) and error.filename:
        place = f"line {error.lineno} of {error.filename}"
    error.__traceback__ = from_users_code(error.__traceback__)
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return ServeError(
        f"{path!r}: the module {name} cannot be imported. {type(error).__name__}: {said}{place and f' ({place})'}"
    )


def _instead(found: object, module_name: str) -> str:
    """Name what looks like the application that was meant."""
    apps = [name for name, value in getattr(found, "__dict__", {}).items() if _looks_like_an_app(value)]
    return f" Is it '{module_name}:{apps[0]}'?" if apps else ""


def _looks_like_an_app(value: object) -> bool:
    return not isinstance(value, type) and callable(value) and hasattr(value, "router")
