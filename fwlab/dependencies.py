"""The dependency graph of one path operation, laid out as the order in which its functions run.

A dependency may depend on others. Walking them once, at registration, gives a list of steps in which each step comes
after all that it needs and a dependency that several share stands once: that *is* the cache, at no cost per request.
The handler is the last step.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Literal, NamedTuple

from fwlab.concurrency import Lane, chosen_lane, is_generator, lane_of, managed, run_in_lane
from fwlab.exceptions import DefinitionError, DependencyScopeError, FwlabError
from fwlab.params import SOURCES, Depends, Security, SecurityScopes
from fwlab.signature import Input, Signature, name_of, read_signature

HANDLER = "handler"

Overrides = Mapping[Callable[..., Any], Callable[..., Any]]


class ExitStacks(NamedTuple):
    """Where generator dependencies are entered: left when the handler has returned, or when the response is sent."""

    function: AsyncExitStack
    request: AsyncExitStack


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One function of a path operation, with where its arguments come from and where it runs.

    Attributes:
        slot: the name under which its result is kept during a request.
        read: its place in the order in which the signatures were read: the handler's, then from left to right.
        function: the dependency or handler.
        lane: ``"loop"``, ``"thread"`` or ``"process"``.
        cleans_up: for a generator, when the part after its ``yield`` runs: ``"function"``: when the handler has
            returned, ``"request"``: when the response has been sent. None for others.
        inputs: the values it takes from the request, each with its slot.
        needs: its arguments that other steps provide, each with that step's slot.
        provided: its arguments that are objects of the request under way, each with the class.
        scopes: the security scopes that its dependants ask for.
    """

    slot: str
    read: int
    function: Callable[..., Any]
    lane: Lane
    cleans_up: Literal["function", "request"] | None
    inputs: tuple[tuple[str, Input], ...]
    needs: tuple[tuple[str, str], ...]
    provided: tuple[tuple[str, type[Any]], ...]
    scopes: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...] = dataclasses.field(init=False)
    fixed: dict[str, Any] = dataclasses.field(init=False)
    awaited: bool = dataclasses.field(init=False)
    streams: bool = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        taken = [(item.argument, slot) for slot, item in self.inputs]
        objects = [(argument, slot_of(kind)) for argument, kind in self.provided if kind is not SecurityScopes]
        scopes = {argument: SecurityScopes(self.scopes) for argument, kind in self.provided if kind is SecurityScopes}
        object.__setattr__(self, "arguments", (*taken, *self.needs, *objects))
        object.__setattr__(self, "fixed", scopes)
        object.__setattr__(self, "awaited", lane_of(self.function) == "loop")
        object.__setattr__(self, "streams", self.slot == HANDLER and is_generator(self.function))

    @property
    def name(self) -> str:
        """The function's own name."""
        return name_of(self.function)

    def run(self, values: Mapping[str, Any], stacks: ExitStacks | None) -> Awaitable[Any]:
        """Call the function in its lane with its arguments out of ``values``; the result is to be awaited.

        A generator dependency is entered on its stack; of a handler that yields, the generator itself is the result.
        """
        kwargs = {argument: values[slot] for argument, slot in self.arguments}
        if self.fixed:
            kwargs.update(self.fixed)
        if self.cleans_up is not None:
            if stacks is None:
                raise FwlabError(f"{self.name} cleans up after its yield, so it needs an exit stack to run.")
            stack = stacks.request if self.cleans_up == "request" else stacks.function
            return stack.enter_async_context(managed(self.function, self.lane, kwargs))
        if self.streams:
            return _as_it_is(self.function(**kwargs))
        if self.awaited:
            coroutine: Awaitable[Any] = self.function(**kwargs)
            return coroutine
        return run_in_lane(self.function, self.lane, kwargs)


async def _as_it_is(value: Any) -> Any:
    return value


def slot_of(kind: type[Any]) -> str:
    """Return the slot under which an object of the request is kept."""
    return f":{kind.__name__}"


def plan_steps(
    handler: Callable[..., Any],
    *,
    path_names: Collection[str],
    owner: str,
    extra: Sequence[Depends] = (),
    overrides: Overrides | None = None,
    run_in: Lane | None = None,
) -> tuple[Step, ...]:
    """Lay out a handler and all that it depends on, in the order in which they run.

    Args:
        handler: the path operation's function.
        path_names: the parameters of its path template.
        owner: what messages call it.
        extra: dependencies that run first and whose results nobody takes.
        overrides: functions that stand in for dependencies, in tests.
        run_in: the handler's lane; None: its own.

    Raises:
        DefinitionError: for a signature that cannot work, or a dependency that leads back to itself.
    """
    layout = _Layout(path_names, overrides or {})
    for dependency in extra:
        if not isinstance(dependency, Depends):
            raise DefinitionError(f"{owner}: among its dependencies is {dependency!r}; write it as Depends(function).")
        layout.place_dependency(dependency, _Above(owner))
    layout.place(handler, HANDLER, 0, None, run_in, _Above(owner))
    return tuple(layout.steps)


class _Above(NamedTuple):
    """What is above a dependency on the way to it: what messages call it, the functions, the scopes they ask for."""

    owner: str
    functions: tuple[Callable[..., Any], ...] = ()
    scopes: tuple[str, ...] = ()
    outlives_handler: bool = False


class _Layout:
    """The steps found so far, and which dependency already has one."""

    def __init__(self, path_names: Collection[str], overrides: Overrides) -> None:
        self.path_names = path_names
        self.overrides = overrides
        self.steps: list[Step] = []
        self.shared: dict[tuple[Any, ...], str] = {}
        self.numbers = itertools.count(1)

    def place(
        self,
        function: Callable[..., Any],
        slot: str,
        read: int,
        cleans_up: Literal["function", "request"] | None,
        run_in: Lane | None,
        above: _Above,
    ) -> None:
        """Append the step of ``function``, after the steps of all that it needs."""
        signature = read_signature(function, path_names=self.path_names, owner=above.owner)
        below = (*above.functions, function)
        needs = [
            (
                argument,
                self.place_dependency(
                    depends,
                    _Above(f"{above.owner}: argument {argument!r}", below, above.scopes, cleans_up == "request"),
                ),
            )
            for argument, depends in signature.needs
        ]
        # The handler's own inputs keep their names, so that a printed plan reads like its signature.
        prefix = "" if slot == HANDLER else f"{slot}."
        in_order = sorted(signature.inputs, key=lambda item: SOURCES.index(item.source))
        inputs = tuple((prefix + item.argument, item) for item in in_order)
        self.steps.append(
            Step(
                slot,
                read,
                function,
                chosen_lane(function, run_in, above.owner),
                cleans_up,
                inputs,
                tuple(needs),
                signature.provided,
                above.scopes,
            )
        )

    def place_dependency(self, depends: Depends, above: _Above) -> str:
        """Return the slot of a dependency's result, placing its step first where it has none yet."""
        asked = depends.dependency
        if asked is None:
            raise DefinitionError(
                f"{above.owner}: among its dependencies is a Depends() without a function; give it one."
            )
        function = self.overrides.get(asked, asked) if self.overrides else asked
        if function in above.functions:
            circle = (*above.functions[above.functions.index(function) :], function)
            chain = " -> ".join(name_of(f) for f in circle)
            raise DefinitionError(f"{above.owner} depends on itself ({chain}); break the circle.")
        cleans_up = (depends.scope or "request") if is_generator(function) else None
        if above.outlives_handler and depends.scope == "function":
            raise DependencyScopeError(
                f'The dependency "{name_of(above.functions[-1])}" has a scope of "request", it cannot depend on '
                'dependencies with scope "function".'
            )
        scopes = above.scopes
        if isinstance(depends, Security):
            scopes = tuple(dict.fromkeys((*scopes, *depends.scopes)))
        key = self._key(depends, function, scopes, (cleans_up, depends.run_in), above)
        if depends.use_cache and key in self.shared:
            return self.shared[key]
        read = next(self.numbers)
        slot = f"{read}:{name_of(function)}"
        self.shared.setdefault(key, slot)
        below = _Above(f"dependency {name_of(function)!r}", above.functions, scopes, above.outlives_handler)
        self.place(function, slot, read, cleans_up, depends.run_in, below)
        return slot

    def _key(
        self,
        depends: Depends,
        function: Callable[..., Any],
        scopes: tuple[str, ...],
        how: tuple[Any, ...],
        above: _Above,
    ) -> Any:
        """Return what makes two dependencies the same: the function, and the scopes where they matter to it."""
        try:
            hash(function)
        except TypeError as error:
            raise DefinitionError(
                f"{above.owner} depends on {function!r}, which has no hash, so it cannot be told from others; "
                "give its class a __hash__."
            ) from error
        return (function, tuple(sorted(scopes)) if scopes and self._uses_scopes(depends, function, ()) else (), how)

    def _uses_scopes(
        self, depends: Depends, function: Callable[..., Any], above: tuple[Callable[..., Any], ...]
    ) -> bool:
        if function in above:
            return False  # a circle, which is refused where it is walked
        if isinstance(depends, Security) and depends.scopes:
            return True
        if hasattr(function, "scheme_name"):
            return True  # a security scheme, which the documentation shows with its scopes
        owner = f"dependency {name_of(function)!r}"
        signature: Signature = read_signature(function, path_names=self.path_names, owner=owner)
        return any(kind is SecurityScopes for _, kind in signature.provided) or any(
            inner.dependency is not None and self._uses_scopes(inner, inner.dependency, (*above, function))
            for _, inner in signature.needs
        )
