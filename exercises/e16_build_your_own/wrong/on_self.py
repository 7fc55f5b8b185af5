# task: e16.1
# diagnosis: one-dictionary-for-all
from fwlab.responses import JSONResponse


class Router:
    def __init__(self, routes):
        self.routes = routes
        self.values = {}

    async def __call__(self, scope, receive, send):
        known = False
        for method, path, found in self.routes:
            if self.fits(path.split("/"), scope["path"].split("/")):
                known = True
                if method == scope["method"]:
                    scope["path_params"] = self.values
                    return await found(scope, receive, send)
        status, detail = (405, "Method Not Allowed") if known else (404, "Not Found")
        await JSONResponse({"detail": detail}, status)(scope, receive, send)

    def fits(self, template, path):
        self.values.clear()
        for segment, got in zip(template, path):
            if segment.startswith("{"):
                self.values[segment.strip("{}")] = got
            elif segment != got:
                return False
        return len(template) == len(path)


def routed(routes):
    return Router(routes)
