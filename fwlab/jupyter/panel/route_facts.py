"""The path operations of an app with their plans, for the route map."""

from __future__ import annotations

from fwlab import App
from fwlab.routes import APIRoute


def route_facts(app: object) -> list[dict[str, str]]:
    """Return a row for each path operation that the app documents: its method, path, handler, lane and plan.

    Args:
        app: the app of a server; one that is no fwlab app has no plans to show.

    Example:
        >>> app = App()
        >>> @app.get("/burgers/{n}")
        ... def burger(n: int): ...
        >>> [(row["method"], row["path"], row["lane"]) for row in route_facts(app)]
        [('GET', '/burgers/{n}', 'thread')]
    """
    if not isinstance(app, App):
        return []
    return [
        {
            "method": " ".join(sorted(route.methods)),
            "path": route.path,
            "handler": route.plan.steps[-1].name,
            "lane": route.plan.steps[-1].lane,
            "plan": str(route.plan),
        }
        for route in app.routes
        if isinstance(route, APIRoute) and route.include_in_schema
    ]
