"""The app for Falcon, which leaves validation to its users, and has neither dependencies nor ``def`` under ASGI."""

import json
from functools import partial

import falcon
import falcon.asgi
import falcon.media

from benchmarks.burger import Burger

CASES = {"text", "json", "parameters", "body"}


class Text:
    """Answers in plain text."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET."""
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = "Hello, burger!"


class Json:
    """Answers in JSON."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET."""
        resp.media = {"message": "Hello, burger!", "number": 1}


class Parameters:
    """Answers with what the path and the query hold."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, burger_id: int) -> None:
        """GET."""
        cheese = req.get_param("cheese", required=True)
        double = req.get_param_as_bool("double", default=False)
        resp.media = {"burger_id": burger_id, "cheese": cheese, "double": double}


class Orders:
    """Answers with the body."""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST."""
        burger = Burger.model_validate_json(await req.stream.read())
        resp.data = burger.model_dump_json().encode()


app = falcon.asgi.App()
app.resp_options.media_handlers[falcon.MEDIA_JSON] = falcon.media.JSONHandler(
    # As the others write it: without the spaces.
    dumps=partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
)
app.add_route("/text", Text())
app.add_route("/json", Json())
app.add_route("/burgers/{burger_id:int}", Parameters())
app.add_route("/burgers", Orders())
