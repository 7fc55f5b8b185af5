"""What can go wrong in the laboratory: with a server, with a load, with the target of one."""

from __future__ import annotations

from fwlab.exceptions import FwlabError


class LabError(FwlabError):
    """The root of the laboratory's errors."""


class ServeError(LabError):
    """A server could not be started, stopped or reached as asked."""


class LoadError(LabError):
    """A load was asked for that cannot be made: bad numbers, or a target that is not there."""
