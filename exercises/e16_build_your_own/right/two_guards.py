# task: e16.5
import json

from fwlab import HTTPException


def guarded(application):
    return for_mistakes(for_refusals(application))


def for_refusals(application):
    async def guard(scope, receive, send):
        sent = []
        try:
            await application(scope, receive, noting(send, sent))
        except HTTPException as refused:
            if sent:
                raise
            await tell(send, refused.status_code, refused.detail)

    return guard


def for_mistakes(application):
    async def guard(scope, receive, send):
        sent = []
        try:
            await application(scope, receive, noting(send, sent))
        except Exception as mistake:
            if not sent:
                await tell(send, 500, "Internal Server Error")
            raise mistake

    return guard


def noting(send, sent):
    def note_and_send(message):
        sent.append(message["type"])
        return send(message)

    return note_and_send


async def tell(send, status, detail):
    body = json.dumps({"detail": detail}).encode()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
