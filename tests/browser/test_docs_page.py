"""The page of documentation that needs no other host, in a real browser: read it, and send requests from it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from typing import Annotated, Any

import anyio
import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect
from pydantic import BaseModel, Field

from fwlab import App, Cookie, Depends, Form, Header, HTTPException, Query, UploadFile
from fwlab.openapi.docs import get_docs_html
from fwlab.responses import Response
from fwlab.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from fwlab.sse import EventSourceResponse

PREFIX = "/user/x/proxy/8000"  # as a proxy has it that tells the app nothing


class Sauce(BaseModel):
    name: str
    hot: bool = False


class Burger(BaseModel):
    """One burger, with what is on it."""

    price: float = Field(gt=0, description="in *euros*")
    sauces: list[Sauce] = []
    inner: Burger | None = None


def kitchen() -> App:
    tags = [{"name": "orders", "description": "What **guests** want"}]
    app = App(
        title="The <kitchen>", version="1.2", description="Cooks [burgers](https://example.com).", openapi_tags=tags
    )
    released = threading.Event()

    @app.get("/burgers/{name}", tags=["kitchen"])
    async def burger(
        name: str,
        sauces: Annotated[list[str], Query(alias="with")] = [],  # noqa: B006
        x_table: Annotated[int, Header()] = 0,
        coupon: Annotated[str | None, Cookie()] = None,
    ) -> dict[str, Any]:
        """Cook **one**."""
        return {"name": name, "sauces": sauces, "table": x_table, "coupon": coupon}

    @app.post("/orders", tags=["orders"], status_code=201)
    async def order(burger: Burger) -> Burger:
        return burger

    @app.post("/photos", tags=["orders"])
    async def photo(title: Annotated[str, Form()], file: UploadFile) -> dict[str, Any]:
        return {"title": title, "file": file.filename, "size": file.size}

    @app.get("/events", response_class=EventSourceResponse)
    async def events():
        yield 1
        while not released.is_set():
            await anyio.sleep(0.01)
        yield 2

    @app.post("/release")
    async def release() -> None:
        released.set()

    @app.get("/picture")
    async def picture():
        return Response('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>', media_type="image/svg+xml")

    @app.post("/token")
    async def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
        if form.password != "secret":
            raise HTTPException(400, "Wrong password")
        return {"access_token": form.username, "token_type": "bearer"}

    @app.get("/me")
    async def me(token: Annotated[str, Depends(OAuth2PasswordBearer("token"))]) -> str:
        return token

    @app.get("/help", include_in_schema=False)
    async def help_page():
        return get_docs_html(title="The <kitchen>")

    @app.get("/help/deeper", include_in_schema=False)
    async def deeper_page():
        return get_docs_html(title="The <kitchen>", openapi_url="../openapi.json", root_url="..")

    @app.get("/help/wrong", include_in_schema=False)
    async def wrong_page():
        return get_docs_html(title="The <kitchen>")

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server with the kitchen, at its root and under the prefix."""
    app = kitchen()

    async def proxied(scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            scope = {**scope, "path": scope["path"].removeprefix(PREFIX)}
        await app(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(proxied, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(params=["", PREFIX], ids=["at the root", "behind a proxy"])
def place(request: pytest.FixtureRequest, address: str) -> str:
    return address + request.param


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that asks no other host, and whose scripts make no mistake."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    mistakes: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    context.close()
    assert mistakes == []
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def opened(page: Page, place: str, operation: str) -> Locator:
    page.goto(f"{place}/help#{operation}")
    found = page.locator(f"[id='{operation}']")
    expect(found.locator("form")).to_be_visible()
    return found


def answer(operation: Locator) -> Locator:
    operation.get_by_role("button", name="Send").click()
    return operation.get_by_role("status", name="Answer")


@pytest.mark.parametrize("path", ["/help", "/help/deeper"])
def test_it_lists_the_operations_by_tag(page, place, path):
    page.goto(place + path)

    expect(page).to_have_title("The <kitchen>")
    expect(page.get_by_role("heading", level=1)).to_have_text("The <kitchen> 1.2")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=2)).to_have_text(["orders", "kitchen", "other"])
    expect(main.locator("summary .path").nth(0)).to_have_text("/orders")
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(8)


def test_a_request_s_parameters_go_where_they_belong(page, place):
    burger = opened(page, place, "burger_burgers__name__get")
    burger.get_by_label("name", exact=True).fill("a b?c")
    burger.get_by_label("with", exact=True).fill("mayo\nketchup & co")
    burger.get_by_label("x-table").fill("7")
    burger.get_by_label("coupon").fill("a=b")

    said = answer(burger)

    expect(said.locator(".status")).to_have_text("200 OK")
    expect(said).to_contain_text(" ms")
    expect(said).to_contain_text(f"GET {place}/burgers/a%20b%3Fc?with=mayo&with=ketchup+%26+co")
    expect(said).to_contain_text("content-type")
    for part in ('"name": "a b?c"', '"ketchup & co"', '"table": 7', '"coupon": "a=b"'):
        expect(said.locator("pre")).to_contain_text(part)


def test_a_body_begins_with_an_example_and_what_is_wrong_with_it_is_shown(page, place):
    order = opened(page, place, "order_orders_post")
    body = order.get_by_role("textbox", name="Body")
    assert body.input_value() == '{\n  "price": 1,\n  "sauces": [],\n  "inner": null\n}'

    said = answer(order)
    expect(said.locator(".status")).to_have_text("201 Created")

    body.fill('{"price": ')
    expect(answer(order).locator(".status")).to_contain_text("422")
    expect(said.locator("pre")).to_contain_text("json_invalid")


def test_what_a_schema_refers_to_opens_on_a_click_however_deep(page, address):
    order = opened(page, address, "order_orders_post")
    schema = order.locator("form details.schema").first
    expect(schema).to_contain_text("in euros")
    expect(schema).not_to_contain_text("hot")

    schema.get_by_text("array of Sauce").click()
    expect(schema).to_contain_text("hot")

    for depth in range(2, 5):
        schema.get_by_text(re.compile(r"^Burger\S* \| null$")).last.click()
        expect(schema.get_by_text("in euros")).to_have_count(depth)


def test_a_form_sends_its_file(page, place):
    photo = opened(page, place, "photo_photos_post")
    photo.get_by_label("title").fill("dürüm")
    photo.get_by_label("file", exact=True).set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"12345"}
    )

    said = answer(photo)

    for part in ('"title": "dürüm"', '"file": "a.png"', '"size": 5'):
        expect(said.locator("pre")).to_contain_text(part)


def test_a_stream_is_shown_while_it_comes(page, address):
    events = opened(page, address, "events_events_get")

    body = answer(events).locator("pre")
    expect(body).to_have_text("data: 1")
    expect(events.get_by_role("button", name="Stop")).to_be_visible()

    expect(answer(opened(page, address, "release_release_post")).locator(".status")).to_have_text("200 OK")
    expect(body).to_have_text("data: 1\n\ndata: 2")
    expect(events.get_by_role("button", name="Stop")).to_be_hidden()


def test_a_picture_is_shown(page, address):
    said = answer(opened(page, address, "picture_picture_get"))

    expect(said.get_by_role("img")).to_be_visible()
    expect(said.get_by_role("link", name="Save download")).to_be_visible()


def test_a_password_becomes_a_token_and_the_token_is_sent(page, place):
    me = opened(page, place, "me_me_get")
    expect(answer(me).locator(".status")).to_have_text("401 Unauthorized")

    page.get_by_text("Authorization", exact=True).click()
    scheme = page.locator("#authorization")
    scheme.get_by_label("User name").fill("ada")
    scheme.get_by_label("Password").fill("wrong")
    scheme.get_by_role("button", name="Get a token").click()
    expect(scheme.get_by_role("status")).to_have_text("Status 400: Wrong password")
    scheme.get_by_label("Password").fill("secret")
    scheme.get_by_role("button", name="Get a token").click()
    expect(scheme.get_by_role("status")).to_have_text("There is a token now.")

    expect(answer(me).locator("pre")).to_have_text('"ada"')


def test_it_can_be_used_with_the_keyboard_alone(page, address):
    page.goto(f"{address}/help")
    expect(page.get_by_role("navigation").get_by_role("link").first).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("post ord")
    expect(page.locator("details.operation:visible")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    order = page.locator("[id=order_orders_post]")
    expect(order.locator("form")).to_be_visible()
    expect(order.locator("summary").first).to_be_focused()

    page.keyboard.press("Tab")
    expect(order.get_by_role("textbox", name="Body")).to_be_focused()
    while not order.get_by_role("button", name="Send").evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(order.locator(".status")).to_have_text("201 Created")


def test_every_input_has_a_name(page, address):
    page.goto(f"{address}/help")
    expect(page.locator("details.operation").first).to_be_visible()
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    expect(page.locator("details.operation form")).to_have_count(8)

    inputs = page.locator("input, textarea, select").all()
    assert len(inputs) > 10
    for element in inputs:
        assert element.evaluate("input => input.labels.length > 0 || input.hasAttribute('aria-label')")


def test_what_cannot_be_read_is_said_with_its_address(page, address):
    page.goto(f"{address}/help/wrong")

    expect(page.get_by_role("alert")).to_contain_text(f"{address}/help/openapi.json: status 404")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_sticks_out(page, address, width):
    page.set_viewport_size({"width": width, "height": 800})
    answer(opened(page, address, "burger_burgers__name__get")).locator(".status")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
