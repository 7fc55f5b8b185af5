"""Doors that are closed to a learner's code: to the frames of other threads, and to memory itself.

Behind them the grader's own data would be: what has been seen so far, and where it is written down.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import types
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fwlab.grading.jail import linux
from fwlab.grading.jail.alone import alone
from fwlab.places import frame_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_GUARDED = frozenset(
    {
        "gc.get_objects",
        "gc.get_referrers",
        "gc.get_referents",
        "sys._current_frames",
        "sys._current_exceptions",
        "sys.monitoring.register_callback",
        "sys.settrace",
        "sys.setprofile",
    }
)
_NATIVE = frozenset(
    {
        "_ctypes",
        "ctypes",
        "cffi",
        "_cffi_backend",
        "_testcapi",
        "_testinternalcapi",
        "_xxsubinterpreters",
        "_interpreters",
    }
)
_FRAMES = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame"})
_CODE = frozenset({"__code__", "__defaults__", "__kwdefaults__"})
_LOOKS_AT_THREADS = frame_of.__code__
_frame_at = sys._getframe


def close_doors(ours: Collection[int], functions: Collection[int], changed: list[int]) -> None:
    """Refuse the code that this process runs from now on what only a debugger needs.

    There is no way back: what listens to the interpreter's events cannot be taken away again.

    Args:
        ours: whose code may nevertheless, as :func:`codes_of_fwlab` returns it.
        functions: the identities of functions that should keep their code.
        changed: gets the identity of such a function when it is given other code.
    """
    main, get_ident = threading.main_thread().ident, threading.get_ident
    sys.addaudithook(alone(_guard)(main, get_ident, threading.local(), ours, functions, changed))


def _guard(
    main: int,
    get_ident: Callable[[], int],
    inside: Any,
    ours: Collection[int],
    functions: Collection[int],
    changed: list[int],
) -> Callable[[str, tuple[Any, ...]], None]:
    """Return what listens to the interpreter's events: alone, for it asks names that may be replaced."""

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _GUARDED or event.startswith("ctypes."):
            forbidden = event not in ("sys.settrace", "sys.setprofile") or arguments != (None,)
        elif event == "import":
            forbidden = arguments[0] in _NATIVE
        elif event in ("sys._getframe", "object.__getattr__"):
            forbidden = get_ident() == main
        elif event in ("object.__setattr__", "object.__delattr__"):
            if arguments[1] in _CODE and id(arguments[0]) in functions:
                changed.append(id(arguments[0]))
            return
        else:
            return
        if forbidden:
            caller = _frame_at(2)
            if caller.f_code is _LOOKS_AT_THREADS and caller.f_back is not None:  # anybody may call that one of fwlab's
                caller = caller.f_back
            if id(caller.f_code) not in ours:
                raise PermissionError(f"{event} is not for the code of an exercise")

    def guarded(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "object.__getattr__" and arguments[1] not in _FRAMES:
            return
        if getattr(inside, "here", False):  # looking for the caller is such an event itself
            return
        inside.here = True
        try:
            listen(event, arguments)
        finally:
            inside.here = False

    return guarded


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
