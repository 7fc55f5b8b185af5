"""Ask apps what they say of themselves and what they answer, and print that as JSON, app by app.

``python ask.py fastapi APP.py ...`` asks them as they stand; with ``fwlab`` in the first place, fwlab stands in for
FastAPI. Each file has an ``app`` and ``REQUESTS``: method, path, headers, and a body, or the texts that a WebSocket's
client sends.
"""

import asyncio
import builtins
import json
import runpy
import sys
import urllib.parse
import warnings


def scope_of(method, path, headers=()):
    """Return the ASGI scope of a request."""
    raw_path, _, query = path.partition("?")
    pairs = headers.items() if isinstance(headers, dict) else headers
    sent = [
        (name.lower().encode(), value if isinstance(value, bytes) else value.encode("latin-1")) for name, value in pairs
    ]
    if "host" not in {name.decode() for name, _ in sent}:
        sent.append((b"host", b"testserver"))
    common = {
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "path": urllib.parse.unquote(raw_path),
        "raw_path": raw_path.encode(),
        "query_string": query.encode("latin-1"),
        "headers": sent,
        "client": ("192.0.2.1", 5),
        "server": ("testserver", 80),
        "root_path": "",
        "state": {},
    }
    if method == "WEBSOCKET":
        more = {"subprotocols": [], "extensions": {"websocket.http.response": {}}}
        return {**common, "type": "websocket", "scheme": "ws", **more}
    return {**common, "type": "http", "scheme": "http", "method": method}


async def answer_of(app, method, path, headers=(), body=b""):
    """Return what the app sends, and the name of what it raises."""
    if isinstance(body, (dict, list)) and method != "WEBSOCKET":
        headers, body = {"content-type": "application/json", **dict(headers)}, json.dumps(body)
    if method == "WEBSOCKET":
        coming = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "text": text} for text in body)]
        last = {"type": "websocket.disconnect", "code": 1000}
    else:
        coming = [
            {"type": "http.request", "body": body.encode() if isinstance(body, str) else body, "more_body": False}
        ]
        last = {"type": "http.disconnect"}
    sent, ended = [], asyncio.Event()

    async def receive():
        if not coming and method != "WEBSOCKET":  # the client stays until it has its answer
            await ended.wait()
        return coming.pop(0) if coming else last

    async def send(message):
        sent.append(dict(message))
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            ended.set()

    raised = None
    try:
        await asyncio.wait_for(app(scope_of(method, path, headers), receive, send), 30)
    except Exception as error:  # of the frameworks' own, each has another name
        raised = type(error).__name__ if hasattr(builtins, type(error).__name__) else "one of its own"
    return {"raised": raised, **(readable(sent) if sent else {})}


def readable(sent):
    """Return messages as what they say, so that what differs can be read."""
    told = {
        "headers": sorted(
            [name.decode("latin-1").lower(), value.decode("latin-1")] for name, value in sent[0].pop("headers", ())
        )
    }
    if sent[0]["type"] == "http.response.start":
        told |= {
            "status": sent[0]["status"],
            "body": text_of(b"".join(message.get("body", b"") for message in sent[1:])),
        }
    else:
        told["messages"] = [
            {key: text_of(value) for key, value in message.items() if value is not None} for message in sent
        ]
    return told


def text_of(value):
    """Return bytes as the JSON or the text that they are."""
    if not isinstance(value, bytes):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value.decode("utf-8", "replace")


async def ask(app, requests):
    """Return all answers, by the number and the first line of the request."""
    return {f"{n} {' '.join(each[:2])[:80]}": await answer_of(app, *each) for n, each in enumerate(requests)}


def main(framework, *files):
    """Print what the apps in these files say and answer."""
    warnings.simplefilter("ignore")
    if framework == "fwlab":
        import in_fastapis_place  # noqa: F401
    told = {}
    for file in files:
        module = runpy.run_path(file, run_name="twin")
        answers = asyncio.run(ask(module["app"], module["REQUESTS"]))
        told[file] = {"openapi": module["app"].openapi(), "answers": answers, "log": module.get("LOG")}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
