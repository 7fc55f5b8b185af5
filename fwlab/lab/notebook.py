"""Whether this code runs in a notebook, and what can be shown there. IPython is asked only where somebody loaded it."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any


def running_shell() -> Any:
    """Return IPython's shell that runs the user's code, in a terminal or a kernel; ``None`` where there is none."""
    ipython: Any = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def in_kernel() -> bool:
    """Tell whether this is a Jupyter kernel.

    Example:
        >>> in_kernel()
        False
    """
    return getattr(running_shell(), "kernel", None) is not None


def has_widgets() -> bool:
    """Tell whether a widget can be shown: this is a kernel, and anywidget is installed."""
    return in_kernel() and find_spec("anywidget") is not None
