"""One application a framework, written as its own tutorial would: a module each, with the framework's name.

All answer ``benchmarks.cases`` in the same bytes, with the same pydantic model. Where a framework leaves a step to its
users, validation for one, the app takes the quickest plain way. A case that a framework has no counterpart for is not
in its module's ``CASES``, and is compared with nobody.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from benchmarks.cases import CASES, Case

if TYPE_CHECKING:
    from fwlab.types import ASGIApp

NAMES = ("raw", "fwlab", "fastapi", "starlette", "litestar", "blacksheep", "falcon")
"""Every app, the two that need no peer first."""


def load_app(name: str) -> tuple[ASGIApp, list[Case]]:
    """Return an app, and the cases it has.

    Raises:
        ImportError: its framework is not installed.
    """
    module = importlib.import_module(f"benchmarks.apps.{name}")
    return module.app, [case for case in CASES if case.name in module.CASES]
