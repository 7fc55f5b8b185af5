"""What machine this was: without it, microseconds mean nothing, and with a load on it, little."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
from typing import Any

import fwlab

_PACKAGES = (
    "fastapi", "starlette", "litestar", "blacksheep", "falcon",
    "pydantic", "anyio", "uvicorn", "uvloop", "httptools",
)  # fmt: skip


def describe() -> dict[str, Any]:
    """Return cores, processor, system, Python, versions and the load average of the last minute."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(terse=True),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "wrk": shutil.which("wrk") is not None,
        "versions": {"fwlab": fwlab.__version__, **{name: _version(name) for name in _PACKAGES}},
        "load_average": load_average(),
    }


def load_average() -> float | None:
    """Return how many processes wanted a core, over the last minute; None where the system does not say."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
