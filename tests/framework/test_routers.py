"""Routers and mounts: what an inclusion adds, routes that come later, names that lead back to paths."""

import enum
from typing import Annotated

import pytest
from pydantic import BaseModel

from fwlab import (
    APIRouter,
    App,
    DefinitionError,
    Depends,
    Form,
    HTTPException,
    Query,
    Request,
    Response,
    Security,
    WebSocket,
)
from fwlab.responses import JSONResponse, PlainTextResponse
from fwlab.routing import APIRoute

from .asgi import exchange, http_scope


def operation(app, path, method="get"):
    return app.openapi()["paths"][path][method]


def noting(journal, text):
    def dependency():
        journal.append(text)

    return Depends(dependency)


# What an inclusion adds


def test_prefixes_are_put_together(client_of):
    inner, outer, app = APIRouter(prefix="/inner"), APIRouter(prefix="/outer"), App()

    @inner.get("/{n}")
    async def handler(n: int, where: str):
        return [where, n]

    @inner.get("")
    async def empty():
        return "empty"

    outer.include_router(inner, prefix="/in/{where}")
    app.include_router(outer, prefix="/v1")
    client = client_of(app)
    assert client.get("/v1/outer/in/a/inner/5").json() == ["a", 5]
    assert client.get("/v1/outer/in/a/inner").json() == "empty"
    assert list(app.openapi()["paths"]) == [
        "/v1/outer/in/{where}/inner/{n}",
        "/v1/outer/in/{where}/inner",
    ]


class Tag(enum.Enum):
    MENU = "menu"


def test_tags_and_responses_and_the_rest_are_put_together():
    router, app = APIRouter(tags=["router"], responses={404: {"description": "No burger"}}), App(responses={500: {}})

    @router.get("/", tags=[Tag.MENU], responses={418: {"description": "Tea"}})
    async def handler(): ...

    app.include_router(router, tags=["included"], deprecated=True, responses={404: {"description": "Not here"}})
    described = operation(app, "/")
    assert described["tags"] == ["included", "router", "menu"]
    assert described["deprecated"] is True
    descriptions = {status: response["description"] for status, response in described["responses"].items()}
    assert descriptions == {
        "200": "Successful Response",
        "404": "No burger",
        "418": "Tea",
        "500": "Internal Server Error",
    }


def test_dependencies_run_from_the_outside_in(client_of):
    journal = []
    inner = APIRouter(dependencies=[noting(journal, "inner")])
    outer = APIRouter(dependencies=[noting(journal, "outer")])
    app = App(dependencies=[noting(journal, "app")])

    @inner.get("/", dependencies=[noting(journal, "operation")])
    async def handler(): ...

    @inner.websocket("/talk", dependencies=[noting(journal, "operation")])
    async def talk(websocket: WebSocket):
        await websocket.accept()

    outer.include_router(inner, dependencies=[noting(journal, "inner included")])
    app.include_router(outer, dependencies=[noting(journal, "outer included")])
    order = ["app", "outer included", "outer", "inner included", "inner", "operation"]
    client = client_of(app)
    client.get("/")
    assert journal == order
    journal.clear()
    with client.websocket_connect("/talk"):
        assert journal == order


def test_what_is_nearest_says_the_response_class(client_of):
    class Loud(PlainTextResponse):
        def render(self, content):
            return super().render(content.upper())

    router = APIRouter(default_response_class=Loud)
    router.get("/router")(lambda: "burger")
    router.get("/own", response_class=PlainTextResponse)(lambda: "burger")
    plain = APIRouter()
    plain.get("/plain")(lambda: "burger")
    app = App()
    app.include_router(router, default_response_class=JSONResponse)
    app.include_router(plain, default_response_class=Loud)
    client = client_of(app)
    assert [client.get(path).text for path in ("/router", "/own", "/plain")] == ["BURGER", "burger", "BURGER"]


def test_what_is_hidden_anywhere_is_hidden():
    hidden, shown = APIRouter(include_in_schema=False), APIRouter()
    hidden.get("/a", include_in_schema=True)(lambda: None)
    shown.get("/b")(lambda: None)
    shown.get("/c", include_in_schema=False)(lambda: None)
    app = App()
    app.include_router(hidden)
    app.include_router(shown)
    app.include_router(shown, prefix="/hidden", include_in_schema=False)
    assert list(app.openapi()["paths"]) == ["/b"]


def test_names_in_the_document_may_be_made_otherwise():
    router = APIRouter(generate_unique_id_function=lambda route: f"router_{route.name}")
    router.get("/a")(named("a"))
    router.get("/b", generate_unique_id_function=lambda route: f"own_{route.name}")(named("b"))
    app = App(generate_unique_id_function=lambda route: f"app_{route.name}")
    app.include_router(router)
    app.get("/c")(named("c"))
    app.get("/d", operation_id="said")(named("d"))
    ids = [operation(app, path)["operationId"] for path in ("/a", "/b", "/c", "/d")]
    assert ids == ["router_a", "own_b", "app_c", "said"]


def named(name):
    async def handler(): ...

    handler.__name__ = name
    return handler


# Routes that come later


def test_routes_that_are_added_after_the_inclusion_are_there(client_of):
    inner, outer, app = APIRouter(), APIRouter(), App()
    outer.include_router(inner, prefix="/inner")
    app.include_router(outer, prefix="/outer", tags=["t"])
    client = client_of(app)
    assert client.get("/outer/inner/late").status_code == 404
    assert app.openapi()["paths"] == {}

    @inner.get("/late")
    async def late():
        return "here"

    assert client.get("/outer/inner/late").json() == "here"
    assert operation(app, "/outer/inner/late")["tags"] == ["t"]


def test_a_cell_that_runs_again_replaces_what_was_included(client_of):
    router, app = APIRouter(), App()
    app.include_router(router, prefix="/in")

    def cell(version):
        @router.get("/")
        async def handler():
            return version

    cell(1)
    cell(2)
    assert client_of(app).get("/in/").json() == 2
    assert [route.path for route in app.routes].count("/in/") == 1


def test_one_router_may_be_included_twice(client_of):
    router, app = APIRouter(), App()
    router.get("/x")(lambda: "x")
    app.include_router(router, prefix="/a")
    app.include_router(router, prefix="/b")
    router.get("/y")(lambda: "y")
    client = client_of(app)
    assert [client.get(path).json() for path in ("/a/x", "/b/x", "/a/y", "/b/y")] == ["x", "x", "y", "y"]
    assert len({operation(app, path)["operationId"] for path in app.openapi()["paths"]}) == 4


# What cannot work


def test_routers_that_include_each_other_are_refused():
    one, two, three = APIRouter(), APIRouter(), APIRouter()
    one.include_router(two)
    two.include_router(three)
    for outer, inner in ((one, one), (two, one), (three, one)):
        with pytest.raises(DefinitionError, match=r"^A router cannot include itself, nor one that includes it\.$"):
            outer.include_router(inner)


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("burgers", r"^The prefix 'burgers' does not begin with a slash; write '/burgers'\.$"),
        ("/burgers/", r"^The prefix '/burgers/' ends with a slash, which its paths begin with; take it away\.$"),
        ("/", r"^The prefix '/' ends with a slash"),
    ],
)
def test_a_prefix_begins_with_a_slash_and_does_not_end_with_one(prefix, message):
    with pytest.raises(DefinitionError, match=message):
        APIRouter(prefix=prefix)
    with pytest.raises(DefinitionError, match=message):
        App().include_router(APIRouter(), prefix=prefix)


def test_an_app_has_no_empty_path():
    router, app = APIRouter(), App()
    router.get("")(named("handler"))
    before = list(app.routes)
    with pytest.raises(DefinitionError, match=r"^The path '' of 'handler' does not begin with a slash; write '/'\.$"):
        app.include_router(router)
    assert app.routes == before
    app.include_router(router, prefix="/x")


def test_a_signature_that_fits_only_without_the_prefix_is_refused_when_it_is_included():
    router, app = APIRouter(), App()

    @router.get("/x")
    async def handler(n: Annotated[int, Query()] = 1): ...

    before = list(app.routes)
    with pytest.raises(DefinitionError, match=r"^handler 'handler' of GET /\{n\}/x: argument 'n' is in the path"):
        app.include_router(router, prefix="/{n}")
    assert app.routes == before


# Every verb


@pytest.mark.parametrize("verb", ["get", "put", "post", "patch", "delete", "options", "head", "trace"])
def test_each_verb_of_a_router(client_of, verb):
    router, app = APIRouter(), App()
    getattr(router, verb)("/")(lambda: Response(headers={"x-verb": verb}))
    app.include_router(router)
    client = client_of(app)
    assert client.request(verb.upper(), "/").headers["x-verb"] == verb
    other = client.request("GET" if verb != "get" else "PUT", "/")
    assert (other.status_code, other.headers["allow"]) == (405, verb.upper())


def test_several_methods_in_one_route(client_of):
    app = App()

    @app.api_route("/", methods=["get", "POST"])
    async def handler(request: Request):
        return request.method

    client = client_of(app)
    assert (client.get("/").json(), client.post("/").json()) == ("GET", "POST")
    assert client.put("/").headers["allow"] == "GET, POST"
    assert sorted(app.openapi()["paths"]["/"]) == ["get", "post"]


# A route class of one's own


class Timed(APIRoute):
    def get_route_handler(self):
        original = super().get_route_handler()

        async def handler(request: Request) -> Response:
            if "x-refuse" in request.headers:
                raise HTTPException(403)
            if "x-short" in request.headers:
                return PlainTextResponse("short")
            try:
                response = await original(request)
            except LookupError as error:
                raise HTTPException(404, str(error)) from error
            response.headers["x-timed"] = request.url.path
            return response

        return handler


def timed_app(journal):
    app, router = App(), APIRouter(route_class=Timed)

    def dependency():
        journal.append("begins")
        try:
            yield "d"
        finally:
            journal.append("ends")

    @router.post("/{n}")
    async def handler(n: int, burger: dict, d: Annotated[str, Depends(dependency)]):
        if n == 0:
            raise LookupError("none left")
        return [n, burger, d]

    app.include_router(router)
    return app


def test_a_route_class_wraps_the_handler(client_of):
    journal = []
    client = client_of(timed_app(journal))
    response = client.post("/5", json={"a": 1})
    assert (response.json(), response.headers["x-timed"]) == ([5, {"a": 1}, "d"], "/5")
    assert journal == ["begins", "ends"]
    assert client.post("/5", json={}, headers={"x-refuse": "1"}).status_code == 403
    assert client.post("/5", json={}, headers={"x-short": "1"}).text == "short"
    response = client.post("/0", json={})
    assert (response.status_code, response.json()) == (404, {"detail": "none left"})
    assert client.post("/x", json={}).status_code == 422


def test_a_route_class_may_read_the_body_first(client_of):
    class Reads(APIRoute):
        def get_route_handler(self):
            original = super().get_route_handler()

            async def handler(request):
                body = await request.body()
                response = await original(request)
                response.headers["x-size"] = str(len(body))
                return response

            return handler

    app = App()
    app.router.route_class = Reads

    @app.post("/")
    async def handler(burger: dict):
        return burger

    response = client_of(app).post("/", content=b'{"a": 1}', headers={"content-type": "application/json"})
    assert (response.json(), response.headers["x-size"]) == ({"a": 1}, "8")


def test_a_route_class_may_give_a_request_that_decodes_its_body(client_of):
    class Backwards(Request):
        async def body(self):
            if not hasattr(self, "_body"):  # as FastAPI's documentation writes it
                self._body = (await super().body())[::-1]
            return self._body

    class Decodes(APIRoute):
        def get_route_handler(self):
            original = super().get_route_handler()

            async def handler(request):
                return await original(Backwards(request.scope, request.receive))

            return handler

    app = App()
    app.router.route_class = Decodes

    @app.post("/")
    async def handler(burgers: list[int]):
        return burgers

    assert client_of(app).post("/", content=b"]32[", headers={"content-type": "application/json"}).json() == [23]


# Mounted apps


async def shows(scope, receive, send):
    """An app of plain ASGI that says what it was called with."""
    await JSONResponse([scope["root_path"], scope["path"]])(scope, receive, send)


@pytest.mark.parametrize("root_path", ["", "/proxy", "/proxy/"])
def test_a_mounted_app_sees_where_it_is_mounted(client_of, root_path):
    app = App()
    app.mount("/sub", shows)
    client = client_of(app, root_path=root_path)
    root = root_path.rstrip("/")
    assert client.get("/sub/a/b").json() == [f"{root}/sub", f"{root}/sub/a/b"]
    assert client.get("/sub/").json() == [f"{root}/sub", f"{root}/sub/"]
    assert client.get("/subway").status_code == 404


@pytest.mark.anyio
async def test_a_path_that_only_begins_like_the_root_path():
    app = App()
    app.mount("/subway", shows)
    sent = await exchange(app, http_scope(path="/subway/x", root_path="/sub"))
    assert sent[1]["body"] == b'["/sub/subway","/sub/subway/x"]'


def test_an_app_in_an_app(client_of):
    inner, outer = App(), App()

    @inner.get("/{n}")
    async def handler(n: int, request: Request):
        return [n, str(request.base_url), str(request.url_for("inner:handler", n=7)), str(request.url_for("start"))]

    @outer.get("/start")
    async def start(): ...

    @inner.exception_handler(404)
    async def not_found(request, exc):
        return PlainTextResponse("inner", 404)

    @inner.websocket("/talk/{n}")
    async def talk(websocket: WebSocket, n: int):
        await websocket.accept()
        await websocket.send_json(n)

    outer.mount("/in", inner, name="inner")
    client = client_of(outer)
    addresses = ["http://testserver/", "http://testserver/in/7", "http://testserver/start"]
    assert client.get("/in/5").json() == [5, *addresses]
    assert client.get("/in/5/6").text == "inner"
    assert client.get("/5").json() == {"detail": "Not Found"}
    assert client.get("/in/openapi.json").json()["servers"] == [{"url": "/in"}]
    assert list(outer.openapi()["paths"]) == ["/start"]
    with client.websocket_connect("/in/talk/3") as socket:
        assert socket.receive_json() == 3


def test_the_first_declared_wins_among_mounts_and_routes(client_of):
    app = App()
    app.get("/sub/first")(lambda: "route")
    app.mount("/sub", shows)
    app.get("/sub/second")(lambda: "never")
    client = client_of(app)
    assert client.get("/sub/first").json() == "route"
    assert client.get("/sub/second").json() == ["/sub", "/sub/second"]


def test_a_mount_of_a_router_that_is_included(client_of):
    router, app = APIRouter(prefix="/r"), App()
    router.mount("/sub", shows)
    app.include_router(router, prefix="/v1")
    assert client_of(app).get("/v1/r/sub/x").json() == ["/v1/r/sub", "/v1/r/sub/x"]


# Names that lead back to paths


def test_a_url_of_a_route(client_of):
    router, app = APIRouter(prefix="/burgers"), App()

    @router.get("/{n:int}/with/{sauce}", name="sauced")
    async def handler(n: int, sauce: str): ...

    @app.get("/files/{where:path}")
    async def files(where: str): ...

    @app.get("/")
    async def start(request: Request):
        return [str(request.url_for("sauced", n=2, sauce="a b")), request.app.url_path_for("files", where="a/b")]

    app.include_router(router, prefix="/v1")
    app.mount("/static", shows, name="static")
    client = client_of(app)
    assert client.get("/").json() == ["http://testserver/v1/burgers/2/with/a%20b", "/files/a/b"]
    assert client_of(app, root_path="/proxy").get("/").json()[0] == "http://testserver/proxy/v1/burgers/2/with/a%20b"
    assert app.url_path_for("static", path="/a.css") == "/static/a.css"


def test_routes_of_mounted_apps_have_the_name_of_the_mount_before_theirs(client_of):
    app, inner, innermost = App(), App(), App()
    inner.get("/burgers/{n}", name="burgers")(named("handler"))
    innermost.get("/menu", name="menu")(named("handler"))
    inner.mount("/deep", innermost, name="deep")

    @app.get("/")
    async def start(request: Request):
        return str(request.url_for("shop:burgers", n=2))

    app.mount("/shop", inner, name="shop")
    app.mount("/unnamed", innermost)
    assert app.url_path_for("shop:burgers", n=2) == "/shop/burgers/2"
    assert app.url_path_for("shop:deep:menu") == "/shop/deep/menu"
    assert app.url_path_for("menu") == "/unnamed/menu"
    assert client_of(app, root_path="/proxy").get("/").json() == "http://testserver/proxy/shop/burgers/2"
    for name in ("shop:nothing", "other:burgers", "burgers"):
        with pytest.raises(DefinitionError, match=rf"^There is no route named '{name}'"):
            app.url_path_for(name, n=2)


def test_a_name_that_leads_nowhere():
    app = App()
    app.get("/{n}")(named("handler"))
    for name, params in (("nothing", {}), ("handler", {}), ("handler", {"n": 1, "m": 2})):
        with pytest.raises(DefinitionError, match=rf"^There is no route named '{name}' with the parameters \["):
            app.url_path_for(name, **params)


# Webhooks and callbacks


class Order(BaseModel):
    n: int


def test_webhooks_are_described_and_not_served(client_of):
    app = App()

    @app.webhooks.post("new-order")
    async def new_order(order: Order):
        """Sent for each order."""

    described = app.openapi()["webhooks"]["new-order"]["post"]
    assert described["description"] == "Sent for each order."
    assert described["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Order"}
    assert client_of(app).post("/new-order").status_code == 404

    @app.webhooks.post("later")
    async def later(): ...

    assert list(app.openapi()["webhooks"]) == ["new-order", "later"]


def test_callbacks_are_described_and_not_served(client_of):
    callbacks, app = APIRouter(), App()

    @callbacks.post("{$callback_url}/orders/{$request.body.n}")
    async def done(order: Order) -> dict[str, bool]: ...

    @app.post("/orders", callbacks=callbacks.routes)
    async def order(order: Order, callback_url: str):
        return order.n

    described = operation(app, "/orders", "post")["callbacks"]
    [callback] = described["done"]["{$callback_url}/orders/{$request.body.n}"].values()
    assert callback["requestBody"]["required"] is True
    assert client_of(app).post("/orders?callback_url=x", json={"n": 2}).json() == 2


# What is written for something else


async def does_nothing(): ...


def websocket_with_a_body(websocket: WebSocket, order: Order): ...
def websocket_with_a_form(websocket: WebSocket, name: Annotated[str, Form()]): ...


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda: App().add_api_route("/", does_nothing, methods="GET"),
            r"^methods='GET': methods is a list, even of one",
        ),
        (lambda: App().websocket(does_nothing), r"^A WebSocket handler needs a path, as in @app\.websocket\('/orders'"),
        (
            lambda: App().middleware(does_nothing),
            r"^There is no middleware type <function .*; write @app\.middleware\('h",
        ),
        (
            lambda: App().exception_handler(does_nothing),
            r"^Exceptions are told apart by their class or their status, not",
        ),
        (
            lambda: App().mount("/x", "app"),
            r"^What is mounted at '/x' is an ASGI application; 'app' cannot be called\.$",
        ),
        (
            lambda: App().include_router(App()),
            r"^include_router takes an APIRouter, not <.*App .*>; an app is mounted: a",
        ),
        (
            lambda: App().get("/", response_class=dict)(does_nothing),
            r"^handler 'does_nothing' of GET /: its response class <class 'dict'> is no class of Response\.$",
        ),
        (
            lambda: App().get("/", tags="menu")(does_nothing),
            r"^tags='menu': tags is a list, even of one; write it in b",
        ),
        (lambda: App().get("/", dependencies=Depends(named))(does_nothing), r"^dependencies=Depends\(named\): depend"),
        (lambda: App(dependencies=Depends(named)).get("/")(does_nothing), r"^dependencies=Depends\(named\): depend"),
        (lambda: App().get("/", callbacks=APIRouter())(does_nothing), r"^callbacks=<.*>: callbacks is a list"),
        (lambda: Depends(named, scope="app"), r"^Depends has no scope 'app'; there are 'function' and 'request'\.$"),
        (
            lambda: Security(named, scopes="read"),
            r"^Security\(scopes='read'\): write a list, as in scopes=\['read'\]",
        ),
        (
            lambda: App().websocket("/")(websocket_with_a_body),
            r"^handler 'websocket_with_a_body' of WEBSOCKET /: \['order'\] would be in a body, which a WebSocket ",
        ),
        (
            lambda: App().websocket("/")(websocket_with_a_form),
            r"\['name'\] would be in a body, which a WebSocket has",
        ),
    ],
)
def test_a_mistake_is_named_where_it_is_made(wrong, message):
    with pytest.raises(DefinitionError, match=message):
        wrong()
