"""A function that nobody can reach: for what goes on guarding while a learner's code may replace anything."""

from __future__ import annotations

import builtins
import types
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def alone(function: Callable[..., T]) -> Callable[..., T]:
    """Return a copy of a function with builtins and global names of its own, as they are now; it is in no module.

    Whoever replaces the function, its code, or what it calls by name, replaces something that is never called. What it
    calls should be written in C, for of that only the name can be replaced. Functions inside it are as alone as it is.

    Args:
        function: it has no defaults, and is not inside another one.

    Example:
        >>> def longest(words):
        ...     return max(map(len, words))
        >>> mine = alone(longest)
        >>> longest.__code__ = (lambda words: 0).__code__
        >>> mine(["bun", "pickle"])
        6
    """
    names = _names_in(function.__code__)
    known = {name: value for name, value in function.__globals__.items() if name in names}
    return types.FunctionType(function.__code__, {"__builtins__": dict(vars(builtins)), **known}, function.__name__)


def _names_in(code: types.CodeType) -> set[str]:
    inside = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*map(_names_in, inside))
