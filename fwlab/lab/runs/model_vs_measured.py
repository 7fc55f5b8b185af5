"""``model_vs_measured(app, path)``: what the model predicts exactly, and what this machine measures, in one figure.

Where they agree, the model explains what was seen. Where they part, something took time that the model leaves out: the
framework's own work, other programs, the operating system.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fwlab.lab.clock.run import virtual
from fwlab.lab.errors import LoadError
from fwlab.lab.figures.distribution_plot import plot_distribution
from fwlab.lab.loading.load import load
from fwlab.lab.runs.prediction import guesses_wait
from fwlab.lab.serving.server import Server
from fwlab.lab.units import time_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fwlab.lab.figures.figure import Figure
    from fwlab.lab.runs.run import Run
    from fwlab.types import ASGIApp


@dataclass(frozen=True)
class ModelVsMeasured:
    """The same load twice.

    Attributes:
        model: in virtual time: exact, the same each time.
        measured: in real time, on this machine.
    """

    model: Run
    measured: Run

    def plot(self, *, ax: Axes | None = None) -> Figure:
        """Draw both distributions of response times in one figure."""
        return plot_distribution({"measured": self.measured, "model": self.model}, ax=ax)

    def __str__(self) -> str:
        lines = [f"{self.measured.name}: your machine, and the model"]
        for percent in (50, 90, 95, 99):
            if percent in self.model.percentiles and percent in self.measured.percentiles:
                model, measured = self.model.percentiles[percent], self.measured.percentiles[percent]
                times = f"measured {time_text(measured)}, model {time_text(model)}"
                lines.append(f"  p{percent:<3} {times} ({_difference(model, measured)})")
        if len(lines) == 1:
            lines.append("  too few requests succeeded for a percentile")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


async def model_vs_measured(app: ASGIApp | Server, path: str = "/", **options: Any) -> ModelVsMeasured:
    """Load an application in real time, and once more in virtual time.

    Args:
        app: an ASGI application, which is called in memory both times; or a server of one in this process, which is
            loaded over TCP in real time, and whose application is called in memory in virtual time.
        path: what to ask for.
        **options: for both loads: ``users``, ``requests`` and so on; see :func:`~fwlab.lab.load`.

    Returns:
        Both runs; print them, or plot them.

    Raises:
        LoadError: an argument that makes no sense, or a server whose application is in another process.
        VirtualTimeError: the application waits for something real, which the model does not have.

    Example::

        await model_vs_measured(app, "/io", users=41, requests=82)
    """
    modelled: Any = app.app if isinstance(app, Server) else app
    if not callable(modelled):
        raise LoadError(f"model_vs_measured(app): an ASGI application can be called here, and {modelled!r} cannot.")
    with guesses_wait():
        measured = await load(app, path, **options)
        return ModelVsMeasured(virtual(lambda: load(modelled, path, **options)), measured)


def _difference(model: float, measured: float) -> str:
    if not model:
        return "the model leaves all of it out"
    return f"{100 * (measured / model - 1):+.0f} %"
