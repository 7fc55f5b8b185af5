"""What a notebook calls the cell that a line of code is in."""

from __future__ import annotations

from fwlab.lab.notebook import running_shell


def cell_of(filename: str) -> str | None:
    """Return the name of the notebook's cell whose code has that file name: ``"In[5]"``; ``None`` outside of notebooks.

    Args:
        filename: as code objects have it (``co_filename``).
    """
    label = getattr(getattr(running_shell(), "compile", None), "format_code_name", None)
    named = label(filename) if label is not None else None
    return named[1] if named and named[0] == "Cell" else None
