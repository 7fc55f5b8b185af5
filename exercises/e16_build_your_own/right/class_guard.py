# task: e16.5
from fwlab import HTTPException
from fwlab.responses import JSONResponse


class Outgoing:
    def __init__(self, send):
        self.send = send
        self.begun = False

    async def __call__(self, message):
        self.begun = self.begun or message["type"] == "http.response.start"
        await self.send(message)


class Guard:
    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        outgoing = Outgoing(send)
        try:
            await self.application(scope, receive, outgoing)
        except Exception as error:
            refused = isinstance(error, HTTPException)
            if not outgoing.begun:
                status, detail = (error.status_code, error.detail) if refused else (500, "Internal Server Error")
                await JSONResponse({"detail": detail}, status)(scope, receive, send)
            if not refused or outgoing.begun:
                raise


def guarded(application):
    return Guard(application)
