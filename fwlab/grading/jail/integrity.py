"""What a learner's code has replaced in Python and in fwlab: noticed, told, and put back.

A cell can say ``asyncio.gather = mine``. So everything that can be called, in every module that was loaded before the
first cell, is written down beforehand, functions with their code and classes with their methods. Afterwards whatever is
no longer the same is put back, and what was put before it is taken away.

That is looked at after each task, and would be most of what grading one costs. So it is left to loops of C's where all
is as it was: ``map`` and ``is_`` compare ten thousand objects in a millisecond, and ask only for their identity, about
which no object can lie. A function's code is not looked at: the interpreter itself reports whoever sets it.
"""

from __future__ import annotations

import builtins
import functools
import gc
import sys
import types
from functools import partial
from itertools import repeat
from operator import is_, itemgetter
from typing import TYPE_CHECKING, Any

from fwlab.grading.jail import linux
from fwlab.grading.jail.alone import alone
from fwlab.grading.jail.doors import codes_of_fwlab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_LAYERS = ("fwlab", "asyncio", "anyio", "httpx", "concurrent", "threading", "contextlib", "json", "inspect")
"""The packages whose functions and methods are looked at, and not only their modules' names."""

_NOT_ASKED = {
    "a2wsgi",
    "click",
    "importlib_metadata",
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
_WAYS_TO_MODULES = {"modules", "meta_path", "path_hooks", "path"}  # of ``sys``
_MAY_CHANGE = {"__signature__", "last_exc", "last_traceback", "last_type", "last_value"}
"""What Python and pydantic write down themselves: a class's signature when somebody asks, the last error shown."""
_BUILTINS = frozenset(dir(builtins))
_Module = types.ModuleType

_Function = tuple[str, types.FunctionType, dict[str, Any]]
"""A function's name and itself, and what it is made of."""

_Space = tuple[str, Any, "Mapping[str, Any]", "Callable[[Any], Any]", dict[str, Any], frozenset[str]]
"""A module's or class's name and itself, its dictionary, how to look at the code there, that code, and all names."""

_Fact = tuple["Callable[[Any], Any]", "Callable[[Any, Any], None]", tuple[Any, ...], tuple[Any, ...], tuple[str, ...]]
"""How to look at something, how to set it, on which objects it was looked at, what it was, and their names."""


class Originals:
    """The functions, methods and classes of all loaded modules, as they are now.

    Attributes:
        put_back: undoes what has been replaced, and returns the names, such as ``"asyncio.gather"``, in order. Take
            hold of it before the first cell runs: from then on, this class may be another.
        ours: the code that may do what others may not: see :func:`~fwlab.grading.jail.doors.close_doors`.
        functions: by their identity; whoever watches the interpreter's events adds to `changed` the identity of one
            that is given other code.

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
        self.functions: dict[int, _Function] = {}
        self.changed: list[int] = []
        self._modules: dict[str, Any] = {}
        self._spaces: list[_Space] = []
        self._facts: list[_Fact] = []
        lists = [(one, list(one)) for one in (sys.meta_path, sys.path_hooks, sys.path, gc.callbacks)]
        self.put_back: Callable[[], list[str]] = partial(
            alone(_put_back),
            (sys.modules, self._modules),
            lists,
            self._spaces,
            self._facts,
            (self.functions, self.changed),
        )
        self.note_what_is_new()
        self.ours = codes_of_fwlab()

    def note_what_is_new(self) -> None:
        """Write down the modules that have been loaded since."""
        new: dict[str, Any] = {name: one for name, one in list(sys.modules.items()) if name not in self._modules}
        self._modules |= new
        found = _Found()
        for name, module in sorted(new.items()):
            package = name.partition(".")[0]
            if not isinstance(module, types.ModuleType) or name in ("__main__", linux.__name__):
                continue
            if package not in _NOT_ASKED:
                found.spaces.append((name, module))
                if package in _LAYERS:
                    found.look_into(vars(module).values())
        self._spaces += [_space_of(name, owner) for name, owner in found.spaces]
        self._facts += found.facts()
        self.functions |= {id(function): _function_of(name, function) for name, function in found.functions}


class _Found:
    """Modules, classes, functions and what these have in their closures, each once, with its name."""

    def __init__(self) -> None:
        self.spaces: list[tuple[str, Any]] = []
        self.functions: list[tuple[str, types.FunctionType]] = []
        self.cells: list[tuple[str, types.CellType]] = []
        self._seen: set[int] = set()

    def look_into(self, values: Iterable[Any]) -> None:
        """Take up what is code among these, and what is in it."""
        for value in list(values):
            if id(value) in self._seen:
                continue
            self._seen.add(id(value))
            if isinstance(value, types.FunctionType):
                name = f"{value.__module__}.{value.__qualname__}"
                self.functions.append((name, value))
                closure = [cell for cell in value.__closure__ or () if _is_code(_content(cell))]
                self.cells += [(name, cell) for cell in closure]
                self.look_into(cell.cell_contents for cell in closure)
            elif isinstance(value, (staticmethod, classmethod)):
                self.look_into([value.__func__])
            elif isinstance(value, property):
                self.look_into([value.fget])
            elif isinstance(value, type) and str(value.__module__).partition(".")[0] in _LAYERS:
                self.spaces.append((f"{value.__module__}.{value.__qualname__}", value))
                self.look_into(vars(value).values())

    def facts(self) -> list[_Fact]:
        """Return what is to stay as it is, but for the code of functions and what modules and classes hold."""
        classes = [(name, one) for name, one in self.spaces if isinstance(one, type)]
        of_cell, of_class = vars(types.CellType)["cell_contents"], vars(type)["__bases__"]
        return [
            _fact(of_cell.__get__, of_cell.__set__, self.cells),
            _fact(of_class.__get__, of_class.__set__, classes),
            _fact(type, vars(object)["__class__"].__set__, self.spaces),
        ]


def _fact(look: Callable[[Any], Any], set_: Callable[[Any, Any], None], named: Sequence[tuple[str, Any]]) -> _Fact:
    things = tuple(thing for _, thing in named)
    return look, set_, things, tuple(map(look, things)), tuple(name for name, _ in named)


def _function_of(name: str, function: types.FunctionType) -> _Function:
    return name, function, {part: getattr(function, part) for part in ("__code__", "__defaults__", "__kwdefaults__")}


def _space_of(name: str, owner: Any) -> _Space:
    space = vars(owner)
    asked = _WAYS_TO_MODULES if owner is sys else ()
    items = [(key, value) for key, value in list(space.items()) if key not in _MAY_CHANGE]
    code = {key: value for key, value in items if _is_code(value) or key in asked}
    keys = tuple(code)
    look = itemgetter(*keys, keys[0]) if keys else tuple  # for one key alone, it would return no tuple
    return name, owner, space, look, code, frozenset(space)


def _is_code(value: Any) -> bool:
    return isinstance(value, _CALLABLE)


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return None


def _put_back(
    loaded: tuple[dict[str, Any], dict[str, Any]],
    lists: list[tuple[list[Any], list[Any]]],
    spaces: list[_Space],
    facts: list[_Fact],
    code: tuple[dict[int, _Function], list[int]],
) -> list[str]:
    """Undo what has been replaced: one function, alone, that calls nothing but C's."""
    replaced: list[str] = []
    modules, modules_before = loaded
    for name, module in modules_before.items():
        if modules.get(name) is not module and name != "__main__":
            replaced.append(f"sys.modules[{name!r}]")
            modules[name] = module
    for one, before in lists:
        one[:] = before
    for name, owner, space, look, originals, names in spaces:
        if isinstance(space, dict):
            if not all(map(is_, map(type, space), repeat(str))):  # a name that says itself what it is equal to
                replaced.append(f"the names in {name}")
                kept = [(key, value) for key, value in space.items() if type(key) is str]
                space.clear()
                space.update(kept)
            if not _BUILTINS.isdisjoint(space):  # a module's own `len` is found before Python's
                for key in _BUILTINS.intersection(space).difference(names):
                    if type(space[key]) is not _Module:  # as `encodings.ascii` is, which can stand for no function
                        replaced.append(f"{name}.{key}")
                        del space[key]
        elif not names.issuperset(space):
            for key in [key for key in space if key not in names and key not in _MAY_CHANGE]:
                if callable(space[key]) or hasattr(type(space[key]), "__get__"):
                    replaced.append(f"{name}.{key}")
                    type.__delattr__(owner, key)
        try:
            same = all(map(is_, look(space), originals.values()))
        except KeyError:
            same = False
        if not same:
            for key, value in originals.items():
                if space.get(key) is not value:
                    replaced.append(f"{name}.{key}")
                    if isinstance(space, dict):
                        space[key] = value  # past whatever else the module's class would do
                    else:
                        type.__setattr__(owner, key, value)
    for look, set_, things, contents, names_of_things in facts:
        try:
            same = all(map(is_, map(look, things), contents))
        except ValueError:  # a closure's cell has been emptied
            same = False
        if not same:
            for thing, content, name in zip(things, contents, names_of_things, strict=True):
                try:
                    same = look(thing) is content
                except ValueError:
                    same = False
                if not same:
                    replaced.append(name)
                    set_(thing, content)
    functions, changed = code
    for identity in changed.copy():
        name, function, parts = functions[identity]
        replaced.append(name)
        for part, content in parts.items():
            setattr(function, part, content)
    changed.clear()
    return sorted(dict.fromkeys(replaced))
