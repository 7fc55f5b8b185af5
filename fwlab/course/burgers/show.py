"""What a notebook shows of a burger story: the animation, the same as still pictures, and the same in sentences."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING, Any

from fwlab.course.burgers.moving import animation
from fwlab.course.burgers.player import player
from fwlab.course.burgers.still import strip
from fwlab.course.burgers.story import Story, story_of

if TYPE_CHECKING:
    from fwlab.lab.timeline.timeline import Timeline


def burgers(timeline: Timeline) -> Burgers:
    """Tell a timeline as a burger story: the loop is the cashier, worker threads are cashiers who cook.

    Args:
        timeline: of one to 24 requests that are over, from :func:`fwlab.lab.trace`; real or virtual.

    Returns:
        What a notebook shows as an animation. The same timeline gives the same bytes.

    Raises:
        LabError: there are no requests, too many, or some are under way.

    Example:
        >>> from fwlab import App
        >>> from fwlab.lab import burn, load, trace, virtual
        >>> app = App()
        >>> @app.get("/")
        ... async def order():
        ...     burn(0.02)
        >>> async def two_customers():
        ...     with trace(app) as timeline:
        ...         await load(app, users=2, requests=2, warmup=0)
        ...     return timeline
        >>> print(burgers(virtual(two_customers)).alt)
        2 customers and one cashier: the last burger was handed over after 40.0 ms.
        Customer 1 was with the cashier for 20.0 ms; served at 20.0 ms.
        Customer 2 stood in line for 20.0 ms, then was with the cashier for 20.0 ms; served at 40.0 ms.
        At most 1 was with the cashier at a time, and at most 0 sat at the tables with a number.
    """
    return Burgers(story_of(timeline))


class Burgers:
    """A burger story, to look at.

    Attributes:
        story: who was where, and when.
        alt: the same in sentences.
        svg: six moments of it, standing still.
        moving: the animation.
    """

    def __init__(self, story: Story) -> None:
        self.story = story
        self.alt = "\n".join([story.summary(), *story.sentences()])
        self.svg = strip(story)
        self.moving = animation(story)

    def to_html(self) -> str:
        """Return a page's part that needs nothing from elsewhere, and shows no motion to who wants none.

        Where pictures and scripts are taken out, as of a notebook that is not trusted, the sentences stay.
        """
        summary = html.escape(self.story.summary())
        told = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.story.sentences())
        return (
            f'<figure style="margin: 0; max-width: 960px;"><figcaption>{summary}</figcaption>{player(self.story)}'
            f'<details><summary>Six moments, standing still</summary><img src="{_address(self.svg)}" '
            f'alt="Six moments. {summary}" style="width: 100%;"></details>'
            f"<details><summary>In sentences</summary><ol>{told}</ol></details></figure>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"text/html": self.to_html(), "image/svg+xml": self.svg, "text/plain": self.alt}
        return data, {"image/svg+xml": {"alt": self.alt}}

    def __repr__(self) -> str:
        return self.alt


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
