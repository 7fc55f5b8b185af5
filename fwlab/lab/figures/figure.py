"""A figure with its text alternative, and the one style in which all of fwlab's figures are drawn.

Figures are made without pyplot, so drawing one changes nothing elsewhere in the process; the same data gives the same
bytes. matplotlib is loaded when the first one is drawn, for it takes long and not everybody draws.
"""

from __future__ import annotations

import io
import textwrap
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fwlab.lab.errors import LabError
from fwlab.lab.whole_file import write_whole

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import matplotlib.figure
    from matplotlib.axes import Axes

INK = "#1f2933"
"""The color of text and of what matters most."""
GRAY = "#6b7683"
"""The color of what explains: axis labels, ticks, notes."""
FAINT = "#e3e7eb"
"""The color of what should hardly be seen: grids and shaded areas."""
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Colors that stay apart for the color-blind: Okabe and Ito, "Color Universal Design" (2008)."""
MARKERS = ("o", "^", "s", "D", "v", "P")
"""One shape for each color, so that a figure printed in gray can be read."""
LINES = ("-", "--", ":", "-.")
"""One pattern for each color of a line, to the same end."""

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "text.parse_math": False,  # a path or a label may have two dollar signs in it
    "axes.edgecolor": GRAY,
    "axes.labelcolor": GRAY,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlecolor": INK,
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "xtick.color": GRAY,
    "ytick.color": GRAY,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.hashsalt": "fwlab",
}
_CAPTION_LETTERS = 15.5  # that fit into an inch of a caption
_SCREEN_DPI = 100  # pixels that an inch takes in the notebook
_SHARPNESS = 2  # image pixels for each of them, for screens with a high resolution
_METADATA: dict[str, dict[str, Any]] = {
    # What would differ between two savings of one figure, or between two versions of matplotlib.
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


class Figure:
    """A figure for a notebook: an image, and its text alternative for those who do not see it.

    Attributes:
        figure: the ``matplotlib.figure.Figure``, laid out; to be changed at will.
        alt: what the figure shows, its numbers included, in sentences.
        caption: how to read it; it stands below the drawing.
    """

    def __init__(self, figure: matplotlib.figure.Figure, alt: str, caption: str = "", *, ours: bool = True) -> None:
        self.figure = figure
        self.alt = alt
        self.caption = caption
        if not ours:  # of somebody else's figure we have drawn a part; its layout is not for us to settle
            return
        with style():
            if caption:
                lines = textwrap.fill(caption, round(figure.get_figwidth() * _CAPTION_LETTERS))
                figure.supxlabel(lines, x=0.012, horizontalalignment="left", fontsize=8.5, color=GRAY)
            layout = figure.get_layout_engine()
            if layout is not None and figure.axes:
                layout.execute(figure)  # `figure.draw_without_rendering` would also draw, which costs as much again
        figure.set_layout_engine("none")  # to lay it out again would move it by a hair, and change its bytes

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the figure to a file; the suffix says how: ``.svg``, ``.png`` or ``.pdf``.

        Raises:
            LabError: another suffix, or a file that cannot be written.
        """
        path = Path(path)
        if path.suffix not in _METADATA:
            raise LabError(f"figure.save({str(path)!r}): a figure is saved as .svg, .png or .pdf; end the name so.")
        return write_whole(path, self._bytes(path.suffix))

    def _bytes(self, suffix: str) -> bytes:
        data = io.BytesIO()
        with style():
            self.figure.savefig(
                data, format=suffix[1:], dpi=_SCREEN_DPI * _SHARPNESS, facecolor="white", metadata=_METADATA[suffix]
            )
        return data.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        width, height = (round(inches * _SCREEN_DPI) for inches in self.figure.get_size_inches())
        data = {"image/png": self._bytes(".png"), "text/plain": self.alt}
        # White behind it is part of the image, so that it can be read in a dark theme too.
        return data, {"image/png": {"alt": self.alt, "width": width, "height": height}}

    def __repr__(self) -> str:
        return self.alt


@contextmanager
def style() -> Iterator[None]:
    """Draw in fwlab's style, here and nowhere else."""
    import matplotlib

    with matplotlib.rc_context(_STYLE):
        yield


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the axes to draw in: those given, or those of a new figure of so many inches."""
    return new_figure(width, height).add_subplot() if ax is None else ax


def finished(axes: Axes, given: object, alt: str, caption: str) -> Figure:
    """Return what was drawn in axes, which were given or are ours, with its text alternative and its caption."""
    return Figure(cast("matplotlib.figure.Figure", axes.figure), alt, caption, ours=given is None)


def new_figure(width: float, height: float) -> matplotlib.figure.Figure:
    """Return an empty figure of so many inches, in which labels never overlap the axes."""
    from matplotlib.figure import Figure as MatplotlibFigure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1, wspace=0.03)
    return MatplotlibFigure(figsize=(width, height), layout=layout)
