"""The dependency graph of one path operation, laid out as the order in which its functions run.

A dependency may depend on others. Walking them once, at registration, gives a list of steps in which each step comes
after all that it needs and a dependency that several share stands once: that *is* the cache, at no cost per request.
The handler is the last step.
"""

import itertools
from collections.abc import Awaitable, Collection, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Unpack

import anyio

from fwlab.concurrency import Lane, Managed, chosen_lane, is_generator, lane_of, run_in_lane
from fwlab.exceptions import DefinitionError, DependencyScopeError
from fwlab.params import SOURCES, Depends, RouteOptions, SecurityScopes
from fwlab.signature import Asked, Input, name_of, read_signature
from fwlab.types import Function

HANDLER = "handler"

Overrides = Mapping[Function, Function]


# Where generator dependencies are entered: left when the "function" has returned, or at the end of the "request".
ExitStacks = Mapping[str, AsyncExitStack]


class Step:
    """One function of a path operation, with where its arguments come from and where it runs.

    Attributes:
        slot: the name under which its result is kept during a request.
        read: its place in the order in which the signatures were read: the handler's, then from left to right.
        function: the dependency or handler.
        name: its own.
        lane: ``"loop"``, ``"thread"`` or ``"process"``.
        cleans_up: for a generator, when the part after its ``yield`` runs: ``"function"``: when the handler has
            returned, ``"request"``: when the response has been sent. None for others.
        inputs: the values it takes from the request.
        needs: its arguments that other steps provide, each with that step's slot.
        provided: its arguments that are objects of the request under way, each with the class.
        arguments: all of them, each with the slot that holds its value.
        scopes: the security scopes that its dependants ask for.
        uses_scopes: whether they make a difference to it or to what it needs.
    """

    def __init__(
        self, read: int, function: Function, told: Depends, asked: dict[str, Asked], owner: str, scopes: Sequence[str]
    ) -> None:
        is_handler, yields = read == 0, is_generator(function)
        self.read, self.function, self.name, self.scopes = read, function, name_of(function), scopes
        self.slot = HANDLER if is_handler else f"{read}:{self.name}"
        self.lane = chosen_lane(function, told.run_in, owner)
        self.cleans_up = (told.scope or "request") if yields and not is_handler else None
        self.inputs = sorted((i for i in asked.values() if isinstance(i, Input)), key=lambda i: SOURCES.index(i.source))
        for item in self.inputs:  # the handler's own keep their names, so that a printed plan reads like its signature
            item.slot = item.argument if is_handler else f"{self.slot}.{item.argument}"
        self.needs: list[tuple[str, str]] = []
        self.provided = [(name, kind) for name, kind in asked.items() if isinstance(kind, type)]
        self.arguments = [(item.argument, item.slot) for item in self.inputs]
        self.arguments += [(name, slot_of(kind)) for name, kind in self.provided if kind is not SecurityScopes]
        self._fixed = {name: SecurityScopes(scopes) for name, kind in self.provided if kind is SecurityScopes}
        self.uses_scopes = bool(self._fixed) or hasattr(function, "scheme_name")  # the documentation shows a scheme's
        # A handler that yields is only called here; its items are fetched when the response is sent.
        self._starts_in: Lane = "loop" if is_handler and yields else self.lane
        self._is_awaited = lane_of(function) == "loop" and not yields

    def run(self, values: Mapping[str, Any], stacks: ExitStacks | None) -> Awaitable[Any]:
        """Call the function in its lane with its arguments out of ``values``; the result is to be awaited.

        A generator dependency is entered on its stack; of a handler that yields, the generator itself is the result.
        """
        kwargs = self._fixed.copy()
        for argument, slot in self.arguments:
            kwargs[argument] = values[slot]
        if self._is_awaited:
            coroutine: Awaitable[Any] = self.function(**kwargs)
            return coroutine
        if self.cleans_up is None or stacks is None:
            return run_in_lane(self.function, self._starts_in, kwargs)
        return stacks[self.cleans_up].enter_async_context(Managed(self.function, self.lane, kwargs))


def slot_of(kind: type[Any]) -> str:
    """Return the slot under which an object of the request is kept."""
    return f":{kind.__name__}"


class Layout:
    """A handler and all that it depends on, in the order in which they run.

    Args:
        handler: the path operation's function.
        names: the parameters of its path template.
        owner: what messages call it.
        overrides: functions that stand in for dependencies, in tests.
        **told: see :class:`OperationOptions`: its ``dependencies``, which run first, and the handler's ``run_in``.

    Attributes:
        steps: one for each function.

    Raises:
        DefinitionError: for a signature that cannot work, or a dependency that leads back to itself.
    """

    def __init__(
        self, handler: Function, names: Collection[str], owner: str, overrides: Overrides, **told: Unpack[RouteOptions]
    ) -> None:
        self.steps: list[Step] = []
        self._path_names, self._overrides, self._numbers = names, overrides, itertools.count(1)
        self._placed: dict[Any, list[tuple[set[str], Step]]] = {}  # by function, with the scopes where they matter
        for depends in told.get("dependencies") or ():
            if not isinstance(depends, Depends):
                raise DefinitionError(f"{owner}: among its dependencies is {depends!r}; write it as Depends(function).")
            self._dependency(depends, owner, ())
        self._place(0, handler, Depends(run_in=told.get("run_in")), owner, (), ())

    def _place(
        self, read: int, function: Function, told: Depends, owner: str, scopes: Sequence[str], above: Sequence[Step]
    ) -> Step:
        """Append the step of a function, after the steps of all that it needs."""
        asked = read_signature(function, self._path_names, owner)
        step = Step(read, function, told, asked, owner, scopes)
        for argument, depends in [(name, each) for name, each in asked.items() if isinstance(each, Depends)]:
            needed = self._dependency(depends, f"{owner}: argument {argument!r}", (*above, step))
            step.needs.append((argument, needed.slot))
            step.uses_scopes |= needed.uses_scopes or bool(getattr(depends, "scopes", ()))
        step.arguments += step.needs
        self.steps.append(step)
        return step

    def _dependency(self, depends: Depends, owner: str, above: Sequence[Step]) -> Step:
        """Return the step of a dependency, placing it first where it has none yet.

        Args:
            depends: the dependency.
            owner: what messages call that which asks for it.
            above: the steps that lead to it, the handler's first.
        """
        asked = depends.dependency
        if not callable(asked):
            mend = "pass a function, or give the argument a class as its annotation"
            raise DefinitionError(f"{owner} depends on {asked!r}, which cannot be called; {mend}.")
        if not isinstance(asked, Hashable):
            raise DefinitionError(f"{owner} depends on {asked!r}, which has no hash; give its class a __hash__.")
        function = self._overrides.get(asked, asked)
        chain = [step.function for step in above]
        if function in chain:
            circle = " -> ".join(name_of(f) for f in (*chain[chain.index(function) :], function))
            raise DefinitionError(f"{owner} depends on itself ({circle}); break the circle.")
        if depends.scope == "function" and above and above[-1].cleans_up == "request":
            asker = f'The dependency "{above[-1].name}" has a scope of "request"'
            raise DependencyScopeError(f'{asker}, it cannot depend on dependencies with scope "function".')
        own_scopes: Sequence[str] = getattr(depends, "scopes", ())
        scopes = dict.fromkeys((*(above[-1].scopes if above else ()), *own_scopes))
        same = self._placed.setdefault((function, depends.scope or "request", depends.run_in), [])
        for told, step in same:
            if depends.use_cache and told == (set(scopes) if step.uses_scopes or own_scopes else set()):
                return step
        name = f"dependency {name_of(function)!r}"
        step = self._place(next(self._numbers), function, depends, name, tuple(scopes), above)
        same.append((set(scopes) if step.uses_scopes or own_scopes else set(), step))
        return step


def batches(steps: Sequence[Step]) -> list[list[Step]]:
    """Group steps so that each batch needs only results of earlier ones; those of a batch may run side by side.

    A generator is entered in a batch of its own, since the order of clean-up is the order of entering.
    """
    grouped: list[list[Step]] = []
    levels: dict[str, int] = {}
    first = 0  # the batch that a step may join at the earliest
    for step in steps:
        level = max([first, *(levels[slot] + 1 for _, slot in step.needs)])
        if step.cleans_up is not None:
            level = len(grouped)
            first = level + 1
        if level == len(grouped):
            grouped.append([])
        grouped[level].append(step)
        levels[step.slot] = level
    return grouped


async def run_batches(grouped: Sequence[Sequence[Step]], values: dict[str, Any], stacks: ExitStacks | None) -> None:
    """Run the steps, those of each batch side by side, and keep their results in ``values``."""

    async def run(step: Step) -> None:
        values[step.slot] = await step.run(values, stacks)

    for first, *others in grouped:
        if not others:  # in this task, in which what a generator enters is left again
            await run(first)
            continue
        try:
            async with anyio.create_task_group() as group:
                for step in (first, *others):
                    group.start_soon(run, step)
        except ExceptionGroup as several:
            raise several.exceptions[0] from None  # nobody needed the others any more
