"""Where a browser finds a server: at its address, or through Jupyter's proxy; and what the app knows of that."""

from __future__ import annotations

import importlib.util
import json

import httpx
import pytest

from fwlab import App, Request
from fwlab.lab import DirectTransport, serve
from fwlab.lab.serving.browser_address import browser_addresses

pytestmark = pytest.mark.anyio

URL = "http://127.0.0.1:8000"
PROXIED = "/user/ada/proxy/8000/"


@pytest.fixture(autouse=True)
def _no_jupyter(monkeypatch, tmp_path):
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def jupyter(monkeypatch, tmp_path):
    """A function that says what a Jupyter server has written of itself, and whether it has the proxy."""

    def start(*, proxy=True, **said):
        monkeypatch.setenv("JPY_PARENT_PID", "12345")
        (tmp_path / "jpserver-12345.json").write_text(json.dumps(said))
        find = importlib.util.find_spec
        there = object() if proxy else None
        monkeypatch.setattr(
            "importlib.util.find_spec", lambda name: there if name == "jupyter_server_proxy" else find(name)
        )

    return start


def test_without_jupyter_it_is_the_address_itself():
    assert browser_addresses(URL, 8000) == [URL]


@pytest.mark.parametrize("prefix", ["/user/ada/", "/user/ada", "user/ada/"])
def test_on_a_hub_only_the_proxy_leads_there(monkeypatch, prefix):
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", prefix)
    assert browser_addresses(URL, 8000) == [PROXIED]


def test_beside_ones_own_jupyter_the_address_comes_first(jupyter):
    jupyter(base_url="/user/ada/", hostname="localhost")
    assert browser_addresses(URL, 8000) == [URL, PROXIED]


def test_beside_a_remote_jupyter_the_proxy_comes_first(jupyter):
    jupyter(base_url="/", hostname="0.0.0.0")
    assert browser_addresses(URL, 8000) == ["/proxy/8000/", URL]


def test_without_the_proxy_nothing_leads_through_jupyter(jupyter):
    jupyter(proxy=False, base_url="/", hostname="0.0.0.0")
    assert browser_addresses(URL, 8000) == [URL]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_broken_file_of_jupyters_is_as_none(jupyter, tmp_path, text):
    jupyter()
    (tmp_path / "jpserver-12345.json").write_text(text)
    assert browser_addresses(URL, 8000) == [URL]


async def test_a_server_shows_the_address_that_the_browser_must_see(hello, monkeypatch, jupyter):
    async with serve(hello) as server:
        assert server.browser_url == server.url
        jupyter(base_url="/<ada>/", hostname="localhost")
        assert (
            f'<a href="/&lt;ada&gt;/proxy/{server.port}/" target="_blank">through Jupyter</a>' in server._repr_html_()
        )
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
        assert server.browser_url == f"/user/ada/proxy/{server.port}/"
        assert f'href="/user/ada/proxy/{server.port}/"' in server._repr_html_()
        assert "127.0.0.1" not in server._repr_html_()


async def where_it_is(server, client_options, **headers):
    async with httpx.AsyncClient(transport=DirectTransport(), base_url=server.url, **client_options) as client:
        return (await client.get("/where", headers=headers)).json()


@pytest.fixture
def knows_where():
    app = App()

    @app.get("/where")
    def where(request: Request) -> list[str]:
        return [request.scope["root_path"], request.url.path, str(request.url_for("where")), request.client.host]

    return app


async def test_the_app_finds_the_proxys_prefix_in_its_root_path(knows_where):
    async with serve(knows_where) as server:
        root_path, path, itself, _ = await where_it_is(server, {}, **{"x-forwarded-prefix": "/user/ada/proxy/8000"})
        assert (root_path, path) == ("/user/ada/proxy/8000", "/user/ada/proxy/8000/where")
        assert itself.endswith("/user/ada/proxy/8000/where")
        assert (await where_it_is(server, {}))[:2] == ["", "/where"]


async def test_the_documentation_asks_for_its_schema_through_the_proxy(knows_where):
    headers = {"x-forwarded-prefix": "/user/ada/proxy/8000"}
    async with (
        serve(knows_where) as server,
        httpx.AsyncClient(transport=DirectTransport(), base_url=server.url, headers=headers) as client,
    ):
        assert "/user/ada/proxy/8000/openapi.json" in (await client.get("/docs")).text
        assert (await client.get("/openapi.json")).json()["servers"] == [{"url": "/user/ada/proxy/8000"}]


async def test_a_hubs_proxy_may_say_who_the_client_is_beside(knows_where):
    async with serve(knows_where) as server:
        said = {"x-forwarded-prefix": "/p", "x-forwarded-for": "203.0.113.7"}
        root_path, _, _, client = await where_it_is(server, {}, **said)
        assert (root_path, client) == ("/p", "203.0.113.7")


@pytest.mark.parametrize("prefix", ["", "/", "user", "//"])
async def test_what_is_no_prefix_changes_nothing(knows_where, prefix):
    async with serve(knows_where) as server:
        assert (await where_it_is(server, {}, **{"x-forwarded-prefix": prefix}))[:2] == ["", "/where"]
