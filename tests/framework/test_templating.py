"""Pages made of templates: what a template knows, and what is escaped."""

from __future__ import annotations

import sys

import jinja2
import pytest

from fwlab import App, Request
from fwlab.background import BackgroundTask
from fwlab.exceptions import FwlabError
from fwlab.responses import HTMLResponse
from fwlab.templating import Jinja2Templates

from .asgi import http_scope


@pytest.fixture
def templates(tmp_path):
    (tmp_path / "page.html").write_text("<p>{{ n }} of {{ request.path_params.name }}</p>")
    (tmp_path / "page.txt").write_text("{{ n }}")
    (tmp_path / "link.html").write_text("""<a href="{{ url_for('read', name='a b') }}">""")
    return Jinja2Templates(tmp_path)


@pytest.fixture
def request_():
    return Request(http_scope() | {"path_params": {"name": "burgers"}})


def test_a_template_gets_the_context_and_the_request(templates, request_):
    response = templates.TemplateResponse(request_, "page.html", {"n": "<2>"})
    assert isinstance(response, HTMLResponse)
    assert response.body == b"<p>&lt;2&gt; of burgers</p>"
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert templates.TemplateResponse(request=request_, name="page.html").body == b"<p> of burgers</p>"


def test_only_what_is_markup_is_escaped(templates, request_):
    response = templates.TemplateResponse(request_, "page.txt", {"n": "<2>"}, media_type="text/plain")
    assert (response.body, response.headers["content-type"]) == (b"<2>", "text/plain; charset=utf-8")


def test_the_context_that_is_given_is_not_changed(templates, request_):
    context = {"n": 2}
    templates.TemplateResponse(request_, "page.html", context)
    assert context == {"n": 2}


def test_the_rest_of_a_response(templates, request_):
    task = BackgroundTask(print)
    response = templates.TemplateResponse(request_, "page.html", {}, 201, {"x-a": "1"}, background=task)
    assert (response.status_code, response.headers["x-a"], response.background) == (201, "1", task)


def test_several_folders_are_looked_through_in_turn(tmp_path, request_):
    for folder, name in [("a", "one"), ("b", "one"), ("b", "two")]:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(folder)
    templates = Jinja2Templates(directory=[tmp_path / "a", str(tmp_path / "b")])
    assert [templates.get_template(name).render() for name in ("one", "two")] == ["a", "b"]


def test_addresses_in_a_template(templates, client_of):
    app = App()

    @app.get("/read/{name}")
    async def read(name: str):
        return name

    @app.get("/page", response_class=HTMLResponse)
    async def page(request: Request):
        return templates.TemplateResponse(request, "link.html")

    assert client_of(app).get("/page").text == '<a href="http://testserver/read/a%20b">'


def test_an_environment_of_ones_own(request_):
    env = jinja2.Environment(loader=jinja2.DictLoader({"page": "{{ url_for() }} {{ n|double }}"}))
    env.filters["double"] = lambda n: 2 * n
    env.globals["url_for"] = lambda: "mine"
    assert Jinja2Templates(env=env).TemplateResponse(request_, "page", {"n": 2}).body == b"mine 4"


def test_what_cannot_work_is_named(tmp_path, request_, monkeypatch):
    with pytest.raises(FwlabError, match="either a directory or an env"):
        Jinja2Templates()
    with pytest.raises(FwlabError, match="either a directory or an env"):
        Jinja2Templates(tmp_path, env=jinja2.Environment())
    with pytest.raises(jinja2.TemplateNotFound):
        Jinja2Templates(tmp_path).TemplateResponse(request_, "other.html")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(FwlabError, match="pip install jinja2"):
        Jinja2Templates(tmp_path)
