# task: e16.1
# diagnosis: only-the-beginning-has-to-fit
# state: partly done
from fwlab.responses import JSONResponse


def fits(template, path):
    values = {}
    for segment, got in zip(template.split("/"), path.split("/")):
        if segment.startswith("{"):
            values[segment[1:-1]] = got
        elif segment != got:
            return None
    return values if len(path.split("/")) >= len(template.split("/")) else None


def routed(routes):
    longest_first = sorted(routes, key=lambda route: -route[1].count("/"))

    async def application(scope, receive, send):
        status, detail = 404, "Not Found"
        for method, path, found in longest_first:
            if path == scope["path"] or "{" in path:
                values = fits(path, scope["path"])
                if values is not None and method == scope["method"]:
                    return await found(scope | {"path_params": values}, receive, send)
                if values is not None:
                    status, detail = 405, "Method Not Allowed"
        await JSONResponse({"detail": detail}, status)(scope, receive, send)

    return application
