"""fwlab's framework: a small, fast, FastAPI-compatible way to build web applications.

The names here are the framework's public ones, and importing them loads only the framework. The laboratory is
``fwlab.lab``, the grading of exercises ``fwlab.grading``.
"""

from fwlab import status
from fwlab.applications import App
from fwlab.background import BackgroundTasks
from fwlab.datastructures import UploadFile
from fwlab.exceptions import DefinitionError, FwlabError, HTTPException, WebSocketException
from fwlab.params import Body, Cookie, Depends, File, Form, Header, Path, Query, Security
from fwlab.requests import Request
from fwlab.responses import Response
from fwlab.routing import APIRouter
from fwlab.websockets import WebSocket, WebSocketDisconnect

__version__ = "0.1.0"

__all__ = ["APIRouter", "App", "BackgroundTasks", "Request", "Response", "UploadFile", "WebSocket", "status"]
__all__ += ["Body", "Cookie", "Depends", "File", "Form", "Header", "Path", "Query", "Security"]
__all__ += ["DefinitionError", "FwlabError", "HTTPException", "WebSocketDisconnect", "WebSocketException"]
__all__ += ["__version__"]
