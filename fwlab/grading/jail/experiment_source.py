"""The part of an exercise's checks that goes to the learner's process: the experiments, and what they need to run.

Expectations, diagnoses, and all that only they use are left out, and hidden checks with them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def experiment_source(checks: str, tasks: Collection[str]) -> str:
    r'''Return the source of those experiments alone.

    Args:
        checks: the source of ``checks.py``.
        tasks: the ids of the tasks whose experiments are wanted.

    Example:
        >>> checks = """
        ... SECRET = 42
        ... PATHS = ["/a"]
        ... @task("e07.1", title="Answer", points=1)
        ... def rush(answer):
        ...     return observe(answer.require("app"), PATHS)
        ... @rush.expect(to_try="Count again.")
        ... def it_is_right(seen, answer):
        ...     assert seen == SECRET
        ... """
        >>> print(experiment_source(checks, ["e07.1"]))
        PATHS = ['/a']
        <BLANKLINE>
        @task('e07.1', title='Answer', points=1)
        def rush(answer):
            return observe(answer.require('app'), PATHS)
    '''
    statements = ast.parse(checks).body
    makers: dict[str, list[int]] = {}
    for index, statement in enumerate(statements):
        for name in _names_set(statement):
            makers.setdefault(name, []).append(index)
    wanted = [index for index, statement in enumerate(statements) if _is_experiment(statement, tasks)]
    kept: set[int] = set()
    while wanted:
        index = wanted.pop()
        if index not in kept:
            kept.add(index)
            wanted += [maker for name in _names_read(statements[index]) for maker in makers.get(name, ())]
    kept |= {index for index, statement in enumerate(statements) if _is_future(statement)}
    return ast.unparse(ast.Module([statements[index] for index in sorted(kept)], type_ignores=[]))


def _is_experiment(statement: ast.stmt, tasks: Collection[str]) -> bool:
    """Tell whether it is a function under ``@task("e07.1", …)``."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    calls = [decorator for decorator in statement.decorator_list if isinstance(decorator, ast.Call)]
    return any(
        isinstance(argument, ast.Constant) and argument.value in tasks for call in calls for argument in call.args[:1]
    )


def _names_set(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Expr):  # such as `rush.expect(…)`, which sets nothing; names of its loops are its own
        return set()
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _names_read(statement: ast.stmt) -> set[str]:
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    for node in ast.walk(statement):
        annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            names |= {word.id for word in ast.walk(ast.parse(annotation.value)) if isinstance(word, ast.Name)}
    return names


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
