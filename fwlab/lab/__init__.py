"""The laboratory: serve an application, load it, see what its requests did. For any ASGI application, fwlab's or not.

>>> from fwlab.lab import serve, load, trace
"""

from fwlab.lab.client import DirectTransport
from fwlab.lab.errors import LabError, LoadError, ServeError
from fwlab.lab.figure import Figure
from fwlab.lab.load import load
from fwlab.lab.memory import AppTransport
from fwlab.lab.plots import plot_runs
from fwlab.lab.run import Run
from fwlab.lab.sample import LoadGenerator, Sample
from fwlab.lab.server import Server, serve
from fwlab.lab.trace import Timeline, trace, traced

__all__ = [
    "AppTransport",
    "DirectTransport",
    "Figure",
    "LabError",
    "LoadError",
    "LoadGenerator",
    "Run",
    "Sample",
    "ServeError",
    "Server",
    "Timeline",
    "load",
    "plot_runs",
    "serve",
    "trace",
    "traced",
]
