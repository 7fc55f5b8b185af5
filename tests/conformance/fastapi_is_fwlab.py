"""FastAPI's names, answered by fwlab: what `make conformance` puts in the place of ``fastapi`` and ``starlette``."""

import importlib
import sys

import fwlab
from fwlab import *  # noqa: F403
from fwlab.applications import App as FastAPI  # noqa: F401

__path__: list[str] = []

_SUBMODULES = """applications background concurrency datastructures encoders exception_handlers exceptions middleware
middleware.cors middleware.gzip middleware.httpsredirect middleware.sessions middleware.trustedhost middleware.wsgi
openapi openapi.docs openapi.models params requests responses routing security security.http security.oauth2 sse
staticfiles status templating testclient types websockets""".split()

for _name in _SUBMODULES:
    try:
        sys.modules[f"{__name__}.{_name}"] = importlib.import_module(f"fwlab.{_name}")
    except ModuleNotFoundError:
        pass
