"""The laboratory: serve an application, load it, see what its requests did. For any ASGI application, fwlab's or not.

>>> from fwlab.lab import serve, load, trace
"""

from fwlab.lab.clock.burn import burn
from fwlab.lab.clock.errors import VirtualTimeError
from fwlab.lab.clock.explore import Broken, explore
from fwlab.lab.clock.run import virtual
from fwlab.lab.errors import LabError, LoadError, ServeError
from fwlab.lab.figures.distribution_plot import plot_distribution, plot_tail
from fwlab.lab.figures.figure import Figure
from fwlab.lab.figures.plots import plot_runs
from fwlab.lab.loading.client import DirectTransport
from fwlab.lab.loading.load import last_run, load
from fwlab.lab.loading.memory import AppTransport
from fwlab.lab.runs.compare import Comparison, compare
from fwlab.lab.runs.model_vs_measured import ModelVsMeasured, model_vs_measured
from fwlab.lab.runs.run import Run
from fwlab.lab.runs.sample import LoadGenerator, Sample
from fwlab.lab.runs.sweep import Sweep, sweep
from fwlab.lab.serving.serve import serve, servers, stop_all
from fwlab.lab.serving.server import Server
from fwlab.lab.trace import Timeline, trace, traced

__all__ = [
    "AppTransport",
    "Broken",
    "Comparison",
    "DirectTransport",
    "Figure",
    "LabError",
    "LoadError",
    "LoadGenerator",
    "ModelVsMeasured",
    "Run",
    "Sample",
    "ServeError",
    "Server",
    "Sweep",
    "Timeline",
    "VirtualTimeError",
    "burn",
    "compare",
    "explore",
    "last_run",
    "load",
    "model_vs_measured",
    "plot_distribution",
    "plot_runs",
    "plot_tail",
    "serve",
    "servers",
    "stop_all",
    "sweep",
    "trace",
    "traced",
    "virtual",
]
