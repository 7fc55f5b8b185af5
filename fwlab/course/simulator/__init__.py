"""A small world to be turned by hand: so many customers, so long a wait, so much work, so many threads and cores.

``world.py`` runs it, exactly, and ``sliders.py`` with ``sliders.js`` is what a notebook shows of it.
"""

from fwlab.course.simulator.sliders import Simulator, simulator
from fwlab.course.simulator.world import World

__all__ = ["Simulator", "World", "simulator"]
