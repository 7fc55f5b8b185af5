"""A pytest plugin: where it is loaded, ``import fastapi`` and ``import starlette`` give the stand-in."""

import importlib.util
import sys
from pathlib import Path

_STAND_IN = Path(__file__).with_name("fastapi_is_fwlab.py")

for _name in ("fastapi", "starlette"):
    _spec = importlib.util.spec_from_file_location(_name, _STAND_IN)
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules[_name] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[_name])
