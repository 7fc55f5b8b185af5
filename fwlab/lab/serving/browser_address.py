"""Where a browser finds a server that runs beside a notebook.

On one's own machine that is the server's address. On a hub (JupyterHub, Binder) or a remote Jupyter, the browser
reaches nothing but Jupyter itself, and jupyter-server-proxy leads on from there: ``<base URL>/proxy/<port>/``.
"""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

_LOCAL = ("localhost", "127.0.0.1", "::1")


def browser_addresses(url: str, port: int) -> list[str]:
    """Return the addresses at which a browser may find a server of this machine, the surest first.

    Args:
        url: its address for clients on this machine.
        port: its port.

    Returns:
        The address itself; on a hub only the path through the proxy, from the root of the page's own host; beside a
        Jupyter that others may reach too, both.
    """
    on_hub = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    if on_hub:
        return [_through_proxy(on_hub, port)]
    jupyter = _jupyter_server()
    if jupyter is None or importlib.util.find_spec("jupyter_server_proxy") is None:
        return [url]
    proxied = _through_proxy(str(jupyter.get("base_url", "/")), port)
    return [url, proxied] if jupyter.get("hostname") in _LOCAL else [proxied, url]


def _through_proxy(base_url: str, port: int) -> str:
    return f"/{base_url.strip('/')}/proxy/{port}/".replace("//", "/")


def _jupyter_server() -> dict[str, Any] | None:
    """Return what the Jupyter server that started this kernel says of itself, or None where there is none.

    Jupyter writes it into ``jpserver-PID.json`` in its runtime folder. ``jupyter_server.serverapp`` has a public
    function to read it, and takes half a second to import.
    """
    parent = os.environ.get("JPY_PARENT_PID")
    if parent is None:
        return None
    from jupyter_core.paths import jupyter_runtime_dir

    try:
        said = json.loads(Path(jupyter_runtime_dir(), f"jpserver-{parent}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None
