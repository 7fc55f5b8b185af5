"""FastAPI's names, answered by fwlab: what `make conformance` puts in the place of ``fastapi`` and ``starlette``.

It maps names and contains no behavior: the submodules of the same name, and three names that fwlab calls otherwise.
"""

import importlib
import sys
import types

import pydantic

import fwlab
from fwlab import *  # noqa: F403
from fwlab.applications import App as FastAPI  # noqa: F401

__path__: list[str] = []

_SAME = """applications background concurrency datastructures encoders exception_handlers middleware middleware.cors
middleware.gzip middleware.httpsredirect middleware.sessions middleware.trustedhost middleware.wsgi openapi openapi.docs
openapi.models params requests responses routing security security.http security.oauth2 sse staticfiles status
templating testclient types websockets""".split()

for _name in _SAME:
    try:
        sys.modules[f"{__name__}.{_name}"] = importlib.import_module(f"fwlab.{_name}")
    except ModuleNotFoundError:
        pass


def _module(name: str, **names: object) -> None:
    module = types.ModuleType(f"{__name__}.{name}")
    module.__dict__.update({key: value for key, value in names.items() if not key.startswith("__")})
    sys.modules[module.__name__] = module


_exceptions = fwlab.exceptions
_module(
    "exceptions",
    **vars(_exceptions),
    FastAPIError=_exceptions.FwlabError,
    FastAPIDeprecationWarning=_exceptions.FwlabDeprecationWarning,
)
_module("_compat", PYDANTIC_VERSION_MINOR_TUPLE=tuple(int(part) for part in pydantic.VERSION.split(".")[:2]))
_document = importlib.import_module("fwlab.openapi.document")
_module("openapi.utils", get_openapi=_document.get_openapi)
