"""How large a request's body may be, and of how many parts a form."""

from typing import Annotated

import pytest

from fwlab import APIRouter, App, DefinitionError, File, Form, Request, UploadFile

from .asgi import body_messages, exchange, http_scope, json_body


def limited_app(**options):
    app = App(**options)

    @app.post("/json")
    async def take(burger: dict):
        return burger

    @app.post("/form")
    async def form(name: Annotated[str, Form()]):
        return name

    @app.post("/raw")
    async def raw(request: Request):
        return len(await request.body())

    @app.post("/stream")
    async def stream(request: Request):
        return sum([len(chunk) async for chunk in request.stream()])

    @app.post("/free", max_body_size=1000)
    async def free(burger: dict):
        return burger

    return app


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/json", {"json": {"a": "x" * 30}}),
        ("/form", {"data": {"name": "x" * 30}}),
        ("/form", {"files": {"name": (None, "x")}}),
        ("/raw", {"content": "x" * 21}),
        ("/stream", {"content": "x" * 21}),
    ],
)
def test_a_body_that_is_too_large_is_refused(client_of, path, options):
    response = client_of(limited_app(max_body_size=20)).post(path, **options)
    assert response.status_code == 413
    assert list(response.json()) == ["detail"]


def test_a_body_of_just_that_size_is_taken(client_of):
    client = client_of(limited_app(max_body_size=20))
    assert client.post("/raw", content="x" * 20).json() == 20
    assert client.post("/json", json={"a": "b"}).json() == {"a": "b"}
    assert client.post("/free", json={"a": "x" * 30}).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/json", "/raw", "/stream"])
async def test_a_body_whose_size_was_not_said_is_counted(path):
    headers = [(b"content-type", b"application/json")]
    messages = body_messages(*[b" " * 9] * 5)
    start, _ = await exchange(limited_app(max_body_size=20), http_scope("POST", path, headers=headers), messages)
    assert start["status"] == 413


@pytest.mark.anyio
async def test_a_body_whose_size_was_said_is_not_even_read():
    async def receive():
        raise AssertionError("nothing is to be read")

    sent = []

    async def send(message):
        sent.append(message)

    app = limited_app(max_body_size=20)
    await app(http_scope("POST", "/json", headers=json_body(b"x" * 21)), receive, send)
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("value", [b"-1", b"x", b"", b"9" * 5000, b"1, 2"])
@pytest.mark.anyio
async def test_a_content_length_that_is_no_number_is_no_mistake_of_the_app(value):
    headers = [(b"content-type", b"application/json"), (b"content-length", value)]
    scope = http_scope("POST", "/json", headers=headers)
    start, _ = await exchange(limited_app(max_body_size=20), scope, body_messages(b'{"a": 1}'))
    assert start["status"] in (200, 400, 413)


def test_the_nearest_limit_holds(client_of):
    app, router = App(max_body_size=5), APIRouter(max_body_size=20)

    @router.post("/router")
    async def in_router(request: Request):
        return len(await request.body())

    @router.post("/own", max_body_size=1000)
    async def own(request: Request):
        return len(await request.body())

    @router.post("/none", max_body_size=0)
    async def none(request: Request):
        return len(await request.body())

    app.include_router(router)
    client = client_of(app)
    assert [client.post(path, content="x" * 10).status_code for path in ("/router", "/own", "/none")] == [200, 200, 413]
    assert [client.post(path, content="x" * 30).status_code for path in ("/router", "/own")] == [413, 200]
    assert client.post("/none").json() == 0


@pytest.mark.parametrize("limit", [-1, "5", 1.5, True])
def test_a_limit_is_a_number_of_bytes(limit):
    with pytest.raises(
        DefinitionError, match=r"^handler 'h' of POST /: max_body_size is .*; a limit is .* a number from 0 on"
    ):

        @App().post("/", max_body_size=limit)
        async def h(): ...


@pytest.mark.parametrize(
    ("limits", "options"),
    [
        ({"max_fields": 1}, {"files": [("a", (None, "1")), ("b", (None, "2"))]}),
        ({"max_files": 1}, {"files": [("f", ("x", b"1")), ("f", ("y", b"2"))]}),
        ({"max_part_size": 3}, {"files": [("a", (None, "1234"))]}),
        ({"max_fields": 1}, {"data": {"a": "1", "b": "2"}}),
    ],
)
def test_the_limits_of_a_form(client_of, limits, options):
    app = App()

    @app.post("/", form_limits=limits)
    async def handler(a: Annotated[str, Form()] = "", b: Annotated[str, Form()] = "", f: list[UploadFile] = []): ...  # noqa: B006

    @app.post("/free")
    async def free(a: Annotated[str, Form()] = "", b: Annotated[str, Form()] = "", f: list[UploadFile] = []): ...  # noqa: B006

    client = client_of(app)
    assert client.post("/", **options).status_code == 400
    assert client.post("/free", **options).status_code == 200


def test_an_unknown_limit_of_a_form():
    with pytest.raises(DefinitionError, match=r"max_size is 3; a limit is one of max_body_size, max_fields"):

        @App().post("/", form_limits={"max_size": 3})
        async def handler(): ...


# Forms and files as parameters


def test_fields_and_files_of_a_form(client_of):
    app = App()

    @app.post("/")
    async def handler(
        name: Annotated[str, Form(min_length=2)],
        photo: UploadFile,
        raw: Annotated[bytes, File()],
        tags: Annotated[list[str], Form()] = [],  # noqa: B006
        more: Annotated[list[UploadFile] | None, File()] = None,
    ):
        read = (await photo.read()).decode()
        return [name, photo.filename, photo.content_type, read, raw.decode(), tags, [f.filename for f in more or ()]]

    client = client_of(app)
    files = [("photo", ("a.png", b"pixels", "image/png")), ("raw", ("b", b"bytes"))]
    data = {"name": "Eva", "tags": ["x", "y"]}
    expected = ["Eva", "a.png", "image/png", "pixels", "bytes", ["x", "y"], []]
    assert client.post("/", data=data, files=files).json() == expected
    several = [*files, ("more", ("1", b"")), ("more", ("2", b""))]
    assert client.post("/", data=data, files=several).json() == [*expected[:-1], ["1", "2"]]
    assert [error["loc"] for error in client.post("/", data={"name": "E"}).json()["detail"]] == [
        ["body", "name"],
        ["body", "photo"],
        ["body", "raw"],
    ]


def test_a_file_is_closed_when_the_response_was_sent(client_of):
    app, kept = App(), []

    @app.post("/")
    async def handler(photo: UploadFile):
        kept.append(photo)
        return photo.file.closed

    assert client_of(app).post("/", files={"photo": b"x"}).json() is False
    assert kept[0].file.closed


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe=%FF&name=%ff"),
        ("application/x-www-form-urlencoded", b"&&&===&;"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\r\n--b--'),
        ("multipart/form-data; boundary=b", b"--b\r\n"),
        ("multipart/form-data; boundary=\xff", b"--b\r\n"),
        ("text/plain", b"name=x"),
        ("", b"name=x"),
    ],
)
def test_a_form_that_is_none_is_never_a_mistake_of_the_app(client_of, content_type, body):
    headers = {"content-type": content_type.encode("latin-1")}
    assert client_of(limited_app()).post("/form", content=body, headers=headers).status_code in (200, 400, 422)
