"""What the JupyterLab extension is told of a kernel: its loop, its servers, their requests and routes."""

from fwlab.jupyter.panel.live_traces import kept_timeline

__all__ = ["kept_timeline"]
