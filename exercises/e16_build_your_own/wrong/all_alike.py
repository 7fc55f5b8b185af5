# task: e16.5
# diagnosis: a-refusal-is-no-mistake
# state: partly done
from fwlab.responses import JSONResponse


def guarded(application):
    async def guard(scope, receive, send):
        begun = False

        async def noting(message):
            nonlocal begun
            begun = True
            await send(message)

        try:
            await application(scope, receive, noting)
        except Exception:
            if not begun:
                await JSONResponse({"detail": "Internal Server Error"}, 500)(scope, receive, send)
            raise

    return guard
