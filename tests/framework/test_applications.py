"""The application as a server sees it, and as its author declares it."""

from http import HTTPStatus
from typing import Annotated

import pytest
from pydantic import BaseModel

from fwlab import App, DefinitionError, Depends, Path, Response
from fwlab.params import OperationOptions

from .asgi import exchange, http_scope


class Burger(BaseModel):
    name: str


def burgers_app(**options):
    app = App(**options)

    @app.get("/burgers/{n}")
    async def burgers(n: int):
        return n

    @app.post("/burgers")
    async def order():
        return "ordered"

    @app.get("/menu/")
    async def menu(q: str = ""):
        return ["menu", q]

    @app.put("/menu/")
    async def replace():
        return "replaced"

    return app


# Paths that do not fit


def test_an_unknown_path(client_of):
    response = client_of(burgers_app()).get("/fries")
    assert (response.status_code, response.json()) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/burgers/5", "GET"),
        ("GET", "/burgers", "POST"),
        ("PATCH", "/menu/", "GET, PUT"),
        ("OPTIONS", "/menu/", "GET, PUT"),
        ("HEAD", "/burgers/5", "GET"),
        ("BREW", "/burgers/5", "GET"),
    ],
)
def test_a_known_path_and_another_method(client_of, method, path, allowed):
    response = client_of(burgers_app()).request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert response.json() == {"detail": "Method Not Allowed"}


@pytest.mark.parametrize(
    ("method", "url", "location"),
    [
        ("GET", "/menu", "/menu/"),
        ("GET", "/menu?q=a%20b&q=", "/menu/?q=a%20b&q="),
        ("PUT", "/menu", "/menu/"),
        ("DELETE", "/menu", "/menu/"),
        ("POST", "/burgers/", "/burgers"),
        ("GET", "/burgers/5/", "/burgers/5"),
        ("GET", "/burgers/%C3%A4/", "/burgers/%C3%A4"),
        ("GET", "/burgers/5///", "/burgers/5"),
    ],
)
def test_a_path_that_exists_but_for_its_slash_is_redirected_to(client_of, method, url, location):
    response = client_of(burgers_app(), follow_redirects=False).request(method, url)
    assert (response.status_code, response.headers["location"]) == (307, f"http://testserver{location}")
    assert response.content == b""


@pytest.mark.parametrize("url", ["/menu", "/burgers/5/"])
def test_without_redirects_a_slash_is_a_slash(client_of, url):
    assert client_of(burgers_app(redirect_slashes=False)).get(url).status_code == 404


@pytest.mark.parametrize("url", ["/fries/", "/", "//", "/burgers/5/6/"])
def test_no_redirect_leads_nowhere(client_of, url):
    assert client_of(burgers_app(), follow_redirects=False).get(url).status_code == 404


@pytest.mark.anyio
async def test_a_redirect_never_leads_to_another_host():
    app = App()

    @app.get("/{where:path}")
    async def anywhere(where: str): ...

    @app.post("/{a}/{b}")
    async def two(a: str, b: str): ...

    start, _ = await exchange(app, http_scope("POST", "//evil.example/x/"))
    assert start["status"] in (404, 405)
    start, _ = await exchange(burgers_app(), http_scope("GET", "//menu"))
    assert start["status"] == 404
    app = App()

    @app.get("/{a}/{b}/{c:path}/")
    async def three(a: str, b: str, c: str): ...

    start, _ = await exchange(app, http_scope("GET", "/a/b//evil.example"))
    location = dict(start["headers"])[b"location"]
    assert start["status"] == 307
    assert location == b"http://127.0.0.1:2/a/b//evil.example/"


@pytest.mark.parametrize("root_path", ["/proxy/8000", "/proxy/8000/"])
def test_behind_a_proxy_the_root_path_is_left_out_or_put_before(client_of, root_path):
    client = client_of(burgers_app(), root_path=root_path, follow_redirects=False)
    for before in ("", "/proxy/8000"):
        assert client.get(f"{before}/burgers/5").json() == 5
        assert client.get(f"{before}/menu?q=x").headers["location"] == "http://testserver/proxy/8000/menu/?q=x"
    assert client.get("/proxy/8001/burgers/5").status_code == 404


# Declarations


def test_a_path_is_needed():
    app = App()
    with pytest.raises(DefinitionError, match=r"^A path operation needs a path, as in @app\.get\('/burgers'\)\.$"):

        @app.get
        async def handler(): ...

    assert app.openapi()["paths"] == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"response_klass": 1, "tag": 2},
            r"^handler 'handler' of POST /: there is no option 'response_klass'; there are tags, .*name,",
        ),
        ({"status_code": 99}, r"^handler 'handler' of POST /: its status code 99 is none of HTTP's; use a number such"),
        ({"status_code": "201"}, r"its status code '201' is none of HTTP's"),
        (
            {"status_code": 204, "response_model": Burger},
            r"^handler 'handler' of POST / has a response model and status 204, which has no body; take one of",
        ),
        ({"response_model": object()}, r"its response model <object .*> is not a type whose values can be checked"),
        ({"response_model": "Burger!"}, r"^handler 'handler' of POST /: its response model 'Burger!' is not a type"),
        (
            {"dependencies": [Burger]},
            r"^handler 'handler' of POST /: among its dependencies is <class .*Burger'>; write",
        ),
    ],
)
def test_an_option_that_cannot_work_is_refused(options, message):
    app = App()

    async def handler(): ...

    with pytest.raises(DefinitionError, match=message):
        app.post("/", **options)(handler)
    with pytest.raises(DefinitionError, match=message):
        app.add_api_route("/", handler, methods=["POST"], **options)
    assert app.openapi()["paths"] == {}


def test_a_response_among_other_results_needs_response_model_none(client_of):
    def handler() -> Burger | Response:
        return Response("no", 202)

    app = App()
    with pytest.raises(
        DefinitionError, match=r"^handler 'handler' of GET /: its response model .*Burger \| .*Response is"
    ):
        app.get("/")(handler)
    app.get("/", response_model=None)(handler)
    assert client_of(app).get("/").status_code == 202


def test_options_may_be_none_as_in_fastapi(client_of):
    app = App()
    nothing = dict.fromkeys(OperationOptions.__annotations__.keys() - {"include_in_schema", "response_description"})

    @app.get("/", **nothing)
    async def handler():
        return 1

    assert client_of(app).get("/").json() == 1
    assert app.openapi()["paths"]["/"]["get"]["summary"] == "Handler"


def test_a_status_of_the_standard_library(client_of):
    app = App()

    @app.get("/", status_code=HTTPStatus.CREATED)
    async def handler(): ...

    assert client_of(app).get("/").status_code == 201
    assert list(app.openapi()["paths"]["/"]["get"]["responses"]) == ["201"]


def test_dependencies_of_the_app_run_before_those_of_the_operation(client_of):
    ran = []

    def of_the_app():
        ran.append("app")

    def of_the_operation():
        ran.append("operation")

    def of_the_handler():
        ran.append("handler")

    app = App(dependencies=[Depends(of_the_app)])

    @app.get("/", dependencies=[Depends(of_the_operation)])
    async def handler(x: Annotated[None, Depends(of_the_handler)]): ...

    client = client_of(app)
    client.get("/openapi.json")
    assert ran == []
    client.get("/")
    assert ran == ["app", "operation", "handler"]


def test_a_callable_object_and_a_method_may_be_handlers(client_of):
    class Kitchen:
        async def __call__(self, n: int):
            return ["kitchen", n]

        def menu(self):
            return "menu"

    app = App()
    app.get("/{n:int}")(Kitchen())
    app.get("/menu")(Kitchen().menu)
    client = client_of(app)
    assert (client.get("/5").json(), client.get("/menu").json()) == (["kitchen", 5], "menu")


def test_path_operations_may_be_declared_while_the_app_is_used(client_of):
    app = App()
    client = client_of(app)
    assert client.get("/late").status_code == 404

    @app.get("/late")
    async def late():
        return "here"

    assert client.get("/late").json() == "here"


# What else a server may ask


@pytest.mark.anyio
async def test_a_websocket_is_declined():
    sent = await exchange(App(), {"type": "websocket", "path": "/"}, [{"type": "websocket.connect"}])
    assert sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]


@pytest.mark.anyio
async def test_the_scope_names_the_app_and_holds_the_path_parameters():
    app = App()

    @app.get("/{n}")
    async def handler(n: Annotated[int, Path()]): ...

    scope = http_scope(path="/5")
    await exchange(app, scope)
    assert (scope["app"], scope["path_params"]) == (app, {"n": "5"})


# The document


def test_the_document_is_served_and_made_once(client_of):
    app = burgers_app(title="Burgers", version="2")
    client = client_of(app)
    document = client.get("/openapi.json").json()
    assert document == app.openapi()
    assert app.openapi() is app.openapi()
    assert (document["info"]["title"], list(document["paths"])) == ("Burgers", ["/burgers/{n}", "/burgers", "/menu/"])

    @app.get("/fries")
    async def fries(): ...

    assert list(client.get("/openapi.json").json()["paths"])[-1] == "/fries"


def test_the_document_elsewhere_or_nowhere(client_of):
    assert client_of(App(openapi_url="/docs/api.json")).get("/docs/api.json").json()["openapi"] == "3.1.0"
    assert client_of(App(openapi_url=None)).get("/openapi.json").status_code == 404
    with pytest.raises(
        DefinitionError, match=r"^The path 'api\.json' of 'openapi' does not begin with a slash; write '/api\.json'\.$"
    ):
        App(openapi_url="api.json")


def test_the_document_s_path_takes_get_only(client_of):
    response = client_of(App()).post("/openapi.json")
    assert (response.status_code, response.headers["allow"]) == (405, "GET")
