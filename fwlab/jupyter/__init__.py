"""What JupyterLab and IPython see of fwlab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.jupyter.nested import allow_nested_run

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["allow_nested_run", "load_ipython_extension"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add fwlab's magics to a shell; IPython calls it for ``%load_ext fwlab.jupyter``."""
    from fwlab.jupyter import lab_magics, magics

    magics.register(shell)
    lab_magics.register(shell)
