"""What a learner's code has replaced in Python and in fwlab: noticed, told, and put back.

A cell can say ``asyncio.gather = mine``. So everything that can be called, in every module that was loaded before the
first cell, is written down beforehand, functions with their code and classes with their methods. Afterwards whatever is
no longer the same is put back. Some doors are closed altogether: the ones to the frames of other threads, to the
garbage collector's lists and to memory itself, behind which the grader's own data would be.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
import threading
import types
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fwlab.grading.jail import linux
from fwlab.places import frame_of

if TYPE_CHECKING:
    from collections.abc import Collection

_LAYERS = ("fwlab", "asyncio", "anyio", "httpx", "concurrent", "threading", "contextlib", "json", "inspect")
"""The packages whose functions and methods are looked at, and not only their modules' names."""

_NOT_ASKED = {
    "a2wsgi",
    "click",
    "pydantic",
    "pydantic_core",
    "pygments",
    "rich",
    "tqdm",
    "typer",
    "uvicorn",
    "watchfiles",
}
"""Packages that no experiment asks anything: each page of memory that is looked at here is copied for each inmate."""

_CALLABLE = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    type,
    functools.partial,
    type(functools.lru_cache(len)),
    staticmethod,
    classmethod,
    property,
)
_GUARDED = {
    "gc.get_objects",
    "gc.get_referrers",
    "gc.get_referents",
    "sys._current_frames",
    "sys._current_exceptions",
    "sys.monitoring.register_callback",
    "sys.settrace",
    "sys.setprofile",
}
_NATIVE = {
    "_ctypes",
    "ctypes",
    "cffi",
    "_cffi_backend",
    "_testcapi",
    "_testinternalcapi",
    "_xxsubinterpreters",
    "_interpreters",
}
_FRAMES = {"tb_frame", "gi_frame", "cr_frame", "ag_frame"}


class Originals:
    """The functions, methods and classes of all loaded modules, as they are now.

    Example:
        >>> import statistics
        >>> originals = Originals()
        >>> mean, statistics.mean = statistics.mean, lambda numbers: 7
        >>> "statistics.mean" in originals.put_back()
        True
        >>> statistics.mean is mean
        True
    """

    def __init__(self) -> None:
        self._modules: dict[str, Any] = dict(sys.modules)
        self._spaces: list[tuple[str, Any, dict[str, Any]]] = []
        self._functions: list[tuple[str, types.FunctionType, Any, Any, Any]] = []
        seen: set[int] = set()
        for name, module in sorted(self._modules.items()):
            if not isinstance(module, types.ModuleType) or name in ("__main__", linux.__name__):
                continue
            if name.partition(".")[0] in _NOT_ASKED:
                continue
            space = vars(module)
            self._spaces.append((name, module, {key: value for key, value in list(space.items()) if _is_code(value)}))
            if name.partition(".")[0] in _LAYERS:
                for value in list(space.values()):
                    self._note(value, seen)
        self.ours = codes_of_fwlab()
        """The code that may do what others may not."""
        self._lists: list[tuple[list[Any], list[Any]]] = [
            (one, list(one)) for one in (sys.meta_path, sys.path_hooks, gc.callbacks)
        ]

    def _note(self, value: Any, seen: set[int]) -> None:
        if id(value) in seen:
            return
        seen.add(id(value))
        if isinstance(value, types.FunctionType):
            name = f"{value.__module__}.{value.__qualname__}"
            self._functions.append((name, value, value.__code__, value.__defaults__, value.__kwdefaults__))
        elif isinstance(value, type) and str(value.__module__).partition(".")[0] in _LAYERS:
            methods = {key: item for key, item in list(vars(value).items()) if _is_code(item)}
            self._spaces.append((f"{value.__module__}.{value.__qualname__}", value, methods))
            for item in methods.values():
                self._note(getattr(item, "__func__", item), seen)
                if isinstance(item, property) and item.fget is not None:
                    self._note(item.fget, seen)

    def put_back(self) -> list[str]:
        """Undo what has been replaced; return the names, such as ``"asyncio.gather"``, in order."""
        replaced: list[str] = []
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module and name != "__main__":
                replaced.append(f"sys.modules[{name!r}]")
                sys.modules[name] = module
        for one, before in self._lists:
            one[:] = before
        for name, owner, content in self._spaces:
            space = owner.__dict__
            for key, value in content.items():
                if space.get(key, _GONE) is not value:
                    replaced.append(f"{name}.{key}")
                    _set(owner, key, value)
        for name, function, code, defaults, keywords in self._functions:
            if (
                function.__code__ is not code
                or function.__defaults__ is not defaults
                or function.__kwdefaults__ is not keywords
            ):
                replaced.append(name)
                function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, keywords
        return sorted(dict.fromkeys(replaced))


_GONE = object()


def _is_code(value: Any) -> bool:
    return isinstance(value, _CALLABLE)


def _set(owner: Any, key: str, value: Any) -> None:
    if isinstance(owner, types.ModuleType):
        owner.__dict__[key] = value  # past whatever else the module's class would do
    else:
        type.__setattr__(owner, key, value)


def close_doors(ours: Collection[int]) -> None:
    """Refuse the code that this process runs from now on what only a debugger needs.

    There is no way back: what listens to the interpreter's events cannot be taken away again.

    Args:
        ours: whose code may nevertheless, as :func:`codes_of_fwlab` returns it.
    """
    main = threading.main_thread().ident
    get_ident, frame_of_caller = threading.get_ident, sys._getframe
    permission, looks_at_threads = PermissionError, frame_of.__code__

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _GUARDED or event.startswith("ctypes."):
            forbidden = event not in ("sys.settrace", "sys.setprofile") or arguments != (None,)
        elif event == "import":
            forbidden = arguments[0] in _NATIVE
        elif event == "sys._getframe":
            forbidden = get_ident() == main
        elif event == "object.__getattr__":
            forbidden = get_ident() == main and arguments[1] in _FRAMES
        else:
            return
        if forbidden:
            caller = frame_of_caller(2)
            if caller.f_code is looks_at_threads and caller.f_back is not None:  # anybody may call that one of fwlab's
                caller = caller.f_back
            if id(caller.f_code) not in ours:
                raise permission(f"{event} is not for the code of an exercise")

    inside = threading.local()

    def guarded(event: str, arguments: tuple[Any, ...]) -> None:
        if getattr(inside, "here", False):  # looking for the caller is such an event itself
            return
        inside.here = True
        try:
            listen(event, arguments)
        finally:
            inside.here = False

    sys.addaudithook(guarded)


def codes_of_fwlab() -> frozenset[int]:
    """Return the identities of the code of all that is loaded of fwlab."""
    return frozenset(
        id(code)
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == "fwlab" and isinstance(module, types.ModuleType)
        for code in _codes_in(vars(module))
    )


def _codes_in(space: dict[str, Any]) -> list[types.CodeType]:
    """Return the code of all functions and methods that are defined there, and of the functions in those."""
    found: list[types.CodeType] = []
    for value in list(space.values()):
        items = list(vars(value).values()) if isinstance(value, type) else [value]
        for item in items:
            function = getattr(item, "__func__", getattr(item, "fget", item))
            code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
            if isinstance(code, types.CodeType):
                found.append(code)
    for code in found:
        found += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return found


def take_away_ctypes() -> None:
    """Leave of :mod:`ctypes` what the limit on time needs; with the rest, memory itself could be written."""
    kept = SimpleNamespace(
        pythonapi=SimpleNamespace(PyThreadState_SetAsyncExc=ctypes.pythonapi.PyThreadState_SetAsyncExc),
        c_ulong=ctypes.c_ulong,
        py_object=ctypes.py_object,
    )
    native = {name: sys.modules.pop(name) for name in ("ctypes", "_ctypes", "ctypes.util") if name in sys.modules}
    for name, module in list(sys.modules.items()):
        space = getattr(module, "__dict__", {}) if name != linux.__name__ else {}
        for key, value in list(space.items()):
            if any(value is one for one in native.values()):
                space[key] = kept
