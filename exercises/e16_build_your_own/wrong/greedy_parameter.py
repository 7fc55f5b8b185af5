# task: e16.1
# diagnosis: a-parameter-is-more-than-a-segment
# state: partly done
import re
from http import HTTPStatus

from fwlab.responses import JSONResponse


def routed(routes):
    patterns = [(method, re.compile(re.sub(r"{(\w+)}", r"(?P<\1>.+)", path)), found) for method, path, found in routes]

    async def application(scope, receive, send):
        status = HTTPStatus.NOT_FOUND
        for method, pattern, found in patterns:
            if fits := pattern.fullmatch(scope["path"]):
                if method == scope["method"]:
                    await found({**scope, "path_params": fits.groupdict()}, receive, send)
                    return
                status = HTTPStatus.METHOD_NOT_ALLOWED
        await JSONResponse({"detail": status.phrase}, status)(scope, receive, send)

    return application
