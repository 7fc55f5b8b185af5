"""What the panel shows of a server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from fwlab.lab.serving.server import Server


def running_servers() -> list[Server]:
    """Return the servers that this process has started and not stopped."""
    serving: Any = sys.modules.get("fwlab.lab.serving.serve")  # whoever has started one has loaded it
    return list(serving.servers()) if serving else []


def server_facts(server: Server, rate: float) -> dict[str, Any]:
    """Return what the panel shows of a server, as JSON has it.

    Args:
        server: which.
        rate: its requests a second, of late.
    """
    return {
        "name": server.name,
        "app": server.app if isinstance(server.app, str) else getattr(server.app, "title", type(server.app).__name__),
        "url": server.url,
        "docs": _docs_of(server.app),
        "port": server.port,
        "where": server.where,
        "served": server.served,
        "failed": server.failed,
        "inFlight": server.in_flight,
        "rate": round(rate, 1),
    }


def _docs_of(app: object) -> str:
    """Return the path of an app's page about itself, seen from the app; of fwlab's, that which needs no other host."""
    page = getattr(app, "offline_docs_url", None) or getattr(app, "docs_url", None)
    return page.lstrip("/") if isinstance(page, str) and getattr(app, "openapi_url", None) else ""


class Rates:
    """How many requests a second each server has been done with lately."""

    SPAN = 1.0
    """Seconds over which is counted."""

    def __init__(self) -> None:
        self._counts: WeakKeyDictionary[Server, list[tuple[float, int]]] = WeakKeyDictionary()

    def of(self, server: Server, now: float) -> float:
        """Note how many requests a server has served by now; return its rate over the last second.

        Args:
            server: which.
            now: the time, in seconds.
        """
        counts = self._counts.setdefault(server, [])
        counts.append((now, server.served))
        while len(counts) > 2 and counts[1][0] <= now - self.SPAN:
            counts.pop(0)
        (since, before), (_, after) = counts[0], counts[-1]
        return (after - before) / max(now - since, self.SPAN)
