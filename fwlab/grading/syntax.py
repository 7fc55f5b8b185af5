"""What a learner's code looks like, for the few mistakes that are easier to read than to see happen."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from fwlab.lab.lines import quoted_line

if TYPE_CHECKING:
    from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield every function, also those inside of others."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def coroutines(tree: ast.AST) -> Iterator[ast.AsyncFunctionDef]:
    """Yield every ``async def``."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef))


def called_name(node: ast.AST) -> str:
    """Return the last part of what a call calls, ``"gather"`` of ``asyncio.gather(...)``; empty where it is no call.

    Example:
        >>> called_name(ast.parse("asyncio.gather(a, b)").body[0].value)
        'gather'
    """
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    """Return the calls of functions with these names, in the order of their lines."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called_name(node) in names]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Yield what a function does itself: its nodes in order, but for those of functions inside of it."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, Function | ast.Lambda | ast.ClassDef):
            continue
        yield child
        yield from own_nodes(child)


def awaits_in_loops(function: ast.AST) -> list[ast.Await]:
    """Return the ``await`` expressions that stand in a ``for``, a ``while`` or a comprehension of a function."""
    loops = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    found = [
        inner
        for node in own_nodes(function)
        if isinstance(node, loops)
        for inner in own_nodes(node)
        if isinstance(inner, ast.Await)
    ]
    return list(dict.fromkeys(found))


def line(node: ast.expr | ast.stmt) -> str:
    """Quote a piece of code with the number of its line.

    Example:
        >>> line(ast.parse("x = 1").body[0])
        'line 1: x = 1'
    """
    return quoted_line(node.lineno, ast.unparse(node).splitlines()[0])


def changed_across_await(function: ast.AsyncFunctionDef) -> ast.stmt | None:
    r"""Return the statement that stores what was read before a pause: what others did in the pause is lost.

    Only what outlives the call counts: names that are declared ``global`` or ``nonlocal``, attributes, and items.

    Example:
        >>> tree = ast.parse("async def f():\n    global n\n    old = n\n    await pause()\n    n = old + 1")
        >>> changed_across_await(tree.body[0]).lineno
        5
    """
    nodes = list(own_nodes(function))
    shared = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    pauses = [node.lineno for node in nodes if isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor)]
    reads: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Load):
            reads.setdefault(ast.unparse(node), node.lineno)
    for statement in nodes:
        if not isinstance(statement, ast.Assign | ast.AugAssign):
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            name = ast.unparse(target)
            if isinstance(target, ast.Name) and name not in shared:
                continue
            inside = any(isinstance(node, ast.Await) for node in ast.walk(statement))
            same_line = isinstance(statement, ast.AugAssign) or name in ast.unparse(statement.value)
            if inside and same_line:
                return statement
            if isinstance(statement, ast.Assign) and any(
                reads.get(name, statement.lineno) < pause <= statement.lineno for pause in pauses
            ):
                return statement
    return None
