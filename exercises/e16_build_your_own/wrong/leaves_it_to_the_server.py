# task: e16.5
# diagnosis: the-client-hears-nothing
from fwlab import HTTPException
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
        except HTTPException as error:
            if begun:
                raise
            await JSONResponse({"detail": error.detail}, error.status_code)(scope, receive, send)
        except Exception:
            raise

    return guard
