"""What an experiment saw, as plain data: from the process that made it to the one that judges.

The bytes come from a stranger's process, so nothing in them is called, as :mod:`pickle` would do: an object is a class
that the judge has already loaded, of fwlab or of the exercise's own checks, and the values of its attributes. For what
is no data, such as a lock or a function, and for objects of the learner's own classes, a :class:`Foreign` stands.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PLAIN = (str, int, float, bool, type(None))
_MANY: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": deque,
}
_CHECKS = "checks"
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # another one each time


class EvidenceError(ValueError):
    """Bytes that are no evidence."""


class Foreign:
    """What stands for a value of the learner's own class, or of another that the judge does not load.

    Attributes:
        type_name: the name of its class.
        text: its ``repr``, shortened.
    """

    def __init__(self, type_name: str, text: str) -> None:
        self.type_name, self.text = type_name, text

    def __repr__(self) -> str:
        return self.text


def encoded(value: object, checks: Mapping[str, Any]) -> bytes:
    """Return a value as bytes.

    Args:
        value: what an experiment returned.
        checks: the names of the exercise's checks, whose classes may be in it.

    Example:
        >>> decoded(encoded({"seen": [1, (2, b"x")]}, {}), {})
        {'seen': [1, (2, b'x')]}
    """
    return json.dumps(_Writer(checks).write(value), separators=(",", ":")).encode()


def decoded(data: bytes, checks: Mapping[str, Any]) -> Any:
    """Return the value that :func:`encoded` made bytes of.

    Raises:
        EvidenceError: they are not such bytes.
    """
    try:
        return _Reader(checks).read(json.loads(data))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError) as error:
        raise EvidenceError(f"{type(error).__name__}: {error}") from None


class _Writer:
    """Writes each object once; where it comes again, its number stands for it."""

    def __init__(self, checks: Mapping[str, Any]) -> None:
        self._numbers: dict[int, int] = {}
        self._kept: list[object] = []  # so that no two have one identity
        self._module = checks.get("__name__")

    def write(self, value: object) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is bytes:
            return {"bytes": base64.b85encode(value).decode()}  # type: ignore[arg-type]
        if isinstance(value, Enum):
            return {"enum": self._name_of(kind), "name": value.name}
        if id(value) in self._numbers:
            return {"again": self._numbers[id(value)]}
        self._numbers[id(value)] = len(self._kept)
        self._kept.append(value)
        if kind is dict:
            return {"dict": [[self.write(key), self.write(item)] for key, item in value.items()]}  # type: ignore[attr-defined]
        if kind.__name__ in _MANY and kind in (list, tuple, set, frozenset, deque):
            return {kind.__name__: [self.write(item) for item in value]}  # type: ignore[attr-defined]
        return self._object(value, kind)

    def _object(self, value: object, kind: type) -> Any:
        if not self._is_ours(kind) or callable(value):
            return {"foreign": kind.__name__[:100], "text": _shown(value)}
        if isinstance(value, tuple):
            return {"named": self._name_of(kind), "items": [self.write(item) for item in value]}
        attributes = {name: self.write(item) for name, item in _attributes_of(value, kind)}
        return {"object": self._name_of(kind), "has": attributes}

    def _is_ours(self, kind: type) -> bool:
        if "<locals>" in kind.__qualname__:
            return False  # nobody elsewhere can have it
        return kind.__module__ == self._module or kind.__module__.partition(".")[0] == "fwlab"

    def _name_of(self, kind: type) -> str:
        return f"{_CHECKS if kind.__module__ == self._module else kind.__module__}:{kind.__qualname__}"


class _Reader:
    def __init__(self, checks: Mapping[str, Any]) -> None:
        self._checks = checks
        self._made: list[Any] = []

    def read(self, data: Any) -> Any:
        if type(data) in _PLAIN:
            return data
        what = next(iter(data), "")
        if what == "bytes":
            return base64.b85decode(data[what])
        if what == "enum":
            return self._class(data[what], Enum)[data["name"]]  # type: ignore[index]
        if what == "again":
            return self._made[data[what]]
        number = len(self._made)
        self._made.append(None)  # what is made of its own parts, a tuple, cannot have itself among them
        if what in ("dict", "list", "object"):
            return self._filled(what, data, number)
        value: Any
        if what == "foreign":
            value = Foreign(str(data[what]), str(data["text"]))
        elif what == "named":
            value = tuple.__new__(self._class(data[what], tuple), [self.read(item) for item in data["items"]])
        else:
            value = _MANY[what]([self.read(item) for item in data[what]])
        self._made[number] = value
        return value

    def _filled(self, what: str, data: Any, number: int) -> Any:
        """Make what may have itself among its parts: first the thing, then its parts."""
        if what == "list":
            many: list[Any] = []
            self._made[number] = many
            many.extend(self.read(item) for item in data[what])
            return many
        if what == "dict":
            pairs: dict[Any, Any] = {}
            self._made[number] = pairs
            pairs.update((self.read(key), self.read(item)) for key, item in data[what])
            return pairs
        kind = self._class(data[what], object)
        value: Any = object.__new__(kind)
        self._made[number] = value
        for name, item in data["has"].items():
            if callable(getattr(kind, name, None)):
                raise EvidenceError(f"{name} is a method of {kind.__name__}")
            object.__setattr__(value, name, self.read(item))
        return value

    def _class(self, name: str, above: type) -> type:
        module, _, path = name.partition(":")
        if module != _CHECKS and module.partition(".")[0] != "fwlab":
            raise EvidenceError(f"{name} is not a class of evidence")
        found: Any = None
        names: Any = self._checks if module == _CHECKS else vars(sys.modules[module])
        for part in path.split("."):
            found = names[part]
            names = vars(found)
        if not isinstance(found, type) or not issubclass(found, above):
            raise EvidenceError(f"{name} is not a class of evidence")
        return found


def _attributes_of(value: object, kind: type) -> list[tuple[str, Any]]:
    names = [name for base in kind.__mro__ for name in _slots_of(base)]
    found = [(name, getattr(value, name)) for name in names if hasattr(value, name)]
    return found + sorted(getattr(value, "__dict__", {}).items())


def _slots_of(base: type) -> list[str]:
    slots = base.__dict__.get("__slots__", ())
    return [name for name in ((slots,) if isinstance(slots, str) else slots) if not name.startswith("__")]


def _shown(value: object) -> str:
    try:
        return _ADDRESS.sub("", repr(value))[:200]
    except Exception:
        return f"<{type(value).__name__}>"
