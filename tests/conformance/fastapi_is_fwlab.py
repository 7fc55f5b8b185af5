"""FastAPI's names, answered by fwlab: what `make conformance` puts in the place of ``fastapi`` and ``starlette``.

It maps names and contains no behavior: the modules that both have, and those with a name that fwlab calls otherwise.
"""

import importlib
import sys
import types

import pydantic

import fwlab
from fwlab import *  # noqa: F403
from fwlab.applications import App as FastAPI  # noqa: F401
from fwlab.openapi.document import get_openapi

__path__: list[str] = []

_MODULES = """
applications background concurrency datastructures encoders exception_handlers params requests responses routing sse
staticfiles status templating testclient types websockets
middleware middleware.cors middleware.gzip middleware.httpsredirect middleware.sessions middleware.trustedhost
middleware.wsgi
openapi openapi.docs openapi.models
security security.api_key security.base security.http security.oauth2 security.open_id_connect_url
"""

for _name in _MODULES.split():
    sys.modules[f"{__name__}.{_name}"] = importlib.import_module(f"fwlab.{_name}")


def _module(name: str, **names: object) -> None:
    sys.modules[f"{__name__}.{name}"] = module = types.ModuleType(f"{__name__}.{name}")
    vars(module).update(names)


_module(
    "exceptions",
    **{name: value for name, value in vars(fwlab.exceptions).items() if not name.startswith("__")},
    FastAPIError=fwlab.exceptions.FwlabError,
    FastAPIDeprecationWarning=fwlab.exceptions.FwlabDeprecationWarning,
)
_module("_compat", PYDANTIC_VERSION_MINOR_TUPLE=tuple(int(part) for part in pydantic.VERSION.split(".")[:2]))
_module("openapi.utils", get_openapi=get_openapi)
