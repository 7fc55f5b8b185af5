"""What JupyterLab and IPython see of fwlab."""

from fwlab.jupyter.nested import allow_nested_run

__all__ = ["allow_nested_run"]
