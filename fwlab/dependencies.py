"""The dependency graph of one path operation, laid out as the order in which its functions run.

A dependency may depend on others. Walking them once, at registration, gives a list of steps in which each step comes
after all that it needs and a dependency that several share stands once: that *is* the cache, at no cost per request.
The handler is the last step.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from fwlab.concurrency import Lane, is_generator, lane_of, managed, run_in_threadpool
from fwlab.exceptions import DefinitionError, FwlabError
from fwlab.params import SOURCES, Depends
from fwlab.signature import Input, name_of, read_signature

HANDLER = "handler"


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One function of a path operation, with where its arguments come from and where it runs.

    Attributes:
        slot: the name under which its result is kept during a request.
        read: its place in the order in which the signatures were read: the handler's, then from left to right.
        function: the dependency or handler.
        lane: ``"loop"`` or ``"thread"``.
        cleans_up: whether it is a generator, whose part after the ``yield`` runs when the response has been sent.
        inputs: the values it takes from the request, each with its slot.
        needs: its arguments that other steps provide, each with that step's slot.
    """

    slot: str
    read: int
    function: Callable[..., Any]
    lane: Lane
    cleans_up: bool
    inputs: tuple[tuple[str, Input], ...]
    needs: tuple[tuple[str, str], ...]
    arguments: tuple[tuple[str, str], ...] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        taken = [(item.argument, slot) for slot, item in self.inputs]
        object.__setattr__(self, "arguments", (*taken, *self.needs))

    @property
    def name(self) -> str:
        """The function's own name."""
        return name_of(self.function)

    async def run(self, values: Mapping[str, Any], stack: AsyncExitStack | None) -> Any:
        """Call the function in its lane with its arguments out of ``values``; a generator is entered on ``stack``."""
        kwargs = {argument: values[slot] for argument, slot in self.arguments}
        if self.cleans_up:
            if stack is None:
                raise FwlabError(f"{self.name} cleans up after its yield, so it needs an exit stack to run.")
            return await stack.enter_async_context(managed(self.function, self.lane, kwargs))
        if self.lane == "loop":
            return await self.function(**kwargs)
        return await run_in_threadpool(self.function, **kwargs)


def plan_steps(
    handler: Callable[..., Any], *, path_names: Collection[str], owner: str, extra: Sequence[Depends] = ()
) -> tuple[Step, ...]:
    """Lay out a handler and all that it depends on, in the order in which they run.

    Args:
        handler: the path operation's function.
        path_names: the parameters of its path template.
        owner: what messages call it.
        extra: dependencies that run first and whose results nobody takes.

    Raises:
        DefinitionError: for a signature that cannot work, or a dependency that leads back to itself.
    """
    if is_generator(handler):
        raise DefinitionError(f"{owner} yields, but a handler returns its result once; return it instead.")
    layout = _Layout(path_names)
    for dependency in extra:
        if not isinstance(dependency, Depends):
            raise DefinitionError(f"{owner}: among its dependencies is {dependency!r}; write it as Depends(function).")
        layout.place_dependency(dependency, owner, ())
    layout.place(handler, HANDLER, 0, owner, ())
    return tuple(layout.steps)


class _Layout:
    """The steps found so far, and which dependency already has one."""

    def __init__(self, path_names: Collection[str]) -> None:
        self.path_names = path_names
        self.steps: list[Step] = []
        self.shared: dict[Callable[..., Any], str] = {}
        self.numbers = itertools.count(1)

    def place(
        self, function: Callable[..., Any], slot: str, read: int, owner: str, above: tuple[Callable[..., Any], ...]
    ) -> None:
        """Append the step of ``function``, after the steps of all that it needs."""
        signature = read_signature(function, path_names=self.path_names, owner=owner)
        above = (*above, function)
        needs = [
            (argument, self.place_dependency(depends, f"{owner}: argument {argument!r}", above))
            for argument, depends in signature.needs
        ]
        # The handler's own inputs keep their names, so that a printed plan reads like its signature.
        prefix = "" if slot == HANDLER else f"{slot}."
        in_order = sorted(signature.inputs, key=lambda item: SOURCES.index(item.source))
        inputs = tuple((prefix + item.argument, item) for item in in_order)
        step = Step(slot, read, function, lane_of(function), is_generator(function), inputs, tuple(needs))
        self.steps.append(step)

    def place_dependency(self, depends: Depends, owner: str, above: tuple[Callable[..., Any], ...]) -> str:
        """Return the slot of a dependency's result, placing its step first where it has none yet."""
        function = depends.dependency
        if function is None:
            raise DefinitionError(f"{owner}: among its dependencies is a Depends() without a function; give it one.")
        if function in above:
            chain = " -> ".join(name_of(f) for f in (*above[above.index(function) :], function))
            raise DefinitionError(f"{owner} depends on itself ({chain}); break the circle.")
        shared = self._shared_slot(function, owner)
        if depends.use_cache and shared is not None:
            return shared
        read = next(self.numbers)
        slot = f"{read}:{name_of(function)}"
        self.shared.setdefault(function, slot)
        self.place(function, slot, read, f"dependency {name_of(function)!r}", above)
        return slot

    def _shared_slot(self, function: Callable[..., Any], owner: str) -> str | None:
        try:
            return self.shared.get(function)
        except TypeError as error:
            raise DefinitionError(
                f"{owner} depends on {function!r}, which has no hash, so it cannot be told from others; "
                "give its class a __hash__."
            ) from error
