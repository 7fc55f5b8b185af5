# task: e16.1
from fwlab.responses import JSONResponse


class Template:
    """A path, segment by segment."""

    def __init__(self, path):
        self.segments = path.split("/")

    def values(self, path):
        """What the path has for the parameters; None if it does not fit."""
        got = path.split("/")
        if len(got) != len(self.segments):
            return None
        values = {}
        for segment, value in zip(self.segments, got, strict=True):
            if segment.startswith("{"):
                values[segment.strip("{}")] = value
            elif segment != value:
                return None
        return values


class Router:
    def __init__(self, routes):
        self.routes = [(method, Template(path), application) for method, path, application in routes]

    async def __call__(self, scope, receive, send):
        await self.find(scope)(scope, receive, send)

    def find(self, scope):
        known = False
        for method, template, application in self.routes:
            values = template.values(scope["path"])
            if values is None:
                continue
            known = True
            if method == scope["method"]:
                scope["path_params"] = values
                return application
        return (
            JSONResponse({"detail": "Method Not Allowed"}, 405) if known else JSONResponse({"detail": "Not Found"}, 404)
        )


def routed(routes):
    return Router(routes)
