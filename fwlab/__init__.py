"""fwlab's framework: a small, fast, FastAPI-compatible way to build web applications.

The names here are the framework's public ones, and importing them loads only the framework. The laboratory is
``fwlab.lab``, the grading of exercises ``fwlab.grading``.
"""

from fwlab.applications import App
from fwlab.exceptions import DefinitionError, FwlabError, HTTPException
from fwlab.params import Body, Depends, Path, Query
from fwlab.responses import Response

__version__ = "0.1.0"

__all__ = [
    "App",
    "Body",
    "DefinitionError",
    "Depends",
    "FwlabError",
    "HTTPException",
    "Path",
    "Query",
    "Response",
    "__version__",
]
