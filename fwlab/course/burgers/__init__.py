"""The burger story, told of an app's own trace: who stood in line, who was at a counter, who sat and waited.

:func:`burgers` makes it of a timeline. ``story.py`` says who was where, ``scene.py`` where that is on the stage,
``moving.py`` and ``still.py`` draw it, ``player.py`` lets a reader hold the motion, and ``show.py`` is what a notebook
displays. :func:`plot_break_even` draws where one shop is better than another.
"""

from fwlab.course.burgers.break_even import plot_break_even
from fwlab.course.burgers.show import Burgers, burgers

__all__ = ["Burgers", "burgers", "plot_break_even"]
