"""The world in a notebook: sliders, and its timeline, drawn anew when one of them was moved.

Where there are no widgets, the timeline stands there as it is at the beginning, with its text alternative.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from fwlab.course import CourseError
from fwlab.course.simulator.world import HANDLERS, RANGES, World
from fwlab.lab.notebook import has_widgets


class Simulator:
    """A world and its sliders; to be shown as the result of a cell.

    Attributes:
        world: as it stands now; it changes with the sliders.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def turn(self, told: object) -> dict[str, str]:
        """Take what the sliders say, and return what the page shows for it.

        Args:
            told: the world's numbers, as plain data.

        Returns:
            The picture as ``png``, in base64; its text alternative as ``alt``; ``says``, a sentence. Where the sliders
            say what cannot be, only ``says``: why.
        """
        try:
            self.world = World.of(told)
        except CourseError as error:
            return {"says": str(error)}
        return shown(self.world)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, metadata = self.world.timeline.plot()._repr_mimebundle_()
        if not has_widgets():
            return data, metadata
        widget = widget_class()(world=asdict(self.world), ranges=RANGES, handlers=HANDLERS, picture=shown(self.world))

        def turned(_: object, told: Any, __: object) -> None:
            widget.picture = self.turn(told)

        widget.on_msg(turned)
        bundle = widget._repr_mimebundle_(**options)
        view, of_view = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(view or {}), **data}, {**of_view, **metadata}

    def __repr__(self) -> str:
        return self.world.says


def simulator(
    handler: str = "thread", *, users: int = 8, wait: int = 100, work: int = 20, threads: int = 40, cores: int = 2
) -> Simulator:
    """Show a world of customers who come at once, with sliders; what happens in it is exact.

    Args:
        handler: how it is written: ``"pauses"`` (`async def`, which awaits), ``"blocks"`` (`async def`, which does
            not), ``"thread"`` (`def`) or ``"process"`` (`run_in="process"`).
        users: customers.
        wait: milliseconds of waiting for each.
        work: milliseconds of computing for each.
        threads: tokens of the limiter.
        cores: of the processor.

    Raises:
        CourseError: something is not in its range; the message says which.

    Example:
        >>> simulator("blocks", users=3, wait=100, work=0)
        3 customers (async def, which blocks): the first has an answer after 100 ms, the last after 300 ms.
    """
    return Simulator(World(handler, users=users, wait=wait, work=work, threads=threads, cores=cores))


def shown(world: World) -> dict[str, str]:
    """Return what a page shows of a world: the picture, its text alternative, and a sentence."""
    data, _ = world.timeline.plot()._repr_mimebundle_()
    return {"png": b64encode(data["image/png"]).decode(), "alt": data["text/plain"], "says": world.says}


@cache
def widget_class() -> Any:
    """Return the widget's class, made when the first one is shown: its libraries take long to load."""
    import anywidget
    import traitlets

    class SimulatorWidget(anywidget.AnyWidget):
        """The browser's side."""

        _esm = Path(__file__).with_name("sliders.js")
        world = traitlets.Dict().tag(sync=True)
        ranges = traitlets.Dict().tag(sync=True)
        handlers = traitlets.Dict().tag(sync=True)
        picture = traitlets.Dict().tag(sync=True)

    return SimulatorWidget
