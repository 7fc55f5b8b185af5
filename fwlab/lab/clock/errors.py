"""What can go wrong in virtual time."""

from __future__ import annotations

from fwlab.lab.errors import LabError


class VirtualTimeError(LabError):
    """Virtual time cannot go on: everybody waits for something that will not come, or for something real."""
