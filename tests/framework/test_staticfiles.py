"""Folders of files as an app: what is served, that nothing else is, and what a browser need not get again."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fwlab import App
from fwlab.datastructures import Headers
from fwlab.exceptions import FwlabError, HTTPException
from fwlab.responses import PlainTextResponse
from fwlab.staticfiles import StaticFiles
from fwlab.websockets import WebSocketDisconnect

from .asgi import Client

pytestmark = pytest.mark.anyio
SECRET = "the secret recipe"


@pytest.fixture
def folder(tmp_path):
    """A folder with files, beside which there is one that must not be served."""
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "static-secret").mkdir()
    (tmp_path / "static-secret" / "a.txt").write_text(SECRET)
    folder = tmp_path / "static"
    (folder / "docs").mkdir(parents=True)
    (folder / "menu.txt").write_text("two burgers")
    (folder / "docs" / "index.html").write_text("<p>docs")
    (folder / "a b%c?.txt").write_text("odd")
    return folder


async def ask(app, path, method="GET", query=b"", root_path="", **headers):
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    try:
        sent = await Client().asks(app, method=method, path=path, query=query, headers=raw, root_path=root_path)
    except HTTPException as refused:
        return refused.status_code, Headers(refused.headers), refused.detail.encode()
    found = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message["body"] for message in sent[1:])


async def test_a_file(folder):
    app = StaticFiles(directory=folder)
    status, headers, body = await ask(app, "/menu.txt")
    assert (status, body) == (200, b"two burgers")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert (await ask(app, "/docs/index.html"))[::2] == (200, b"<p>docs")
    assert (await ask(app, "//docs/./../menu.txt"))[::2] == (200, b"two burgers")
    assert (await ask(app, "/a b%c?.txt"))[::2] == (200, b"odd")
    assert (await ask(app, "/menu.txt", "HEAD"))[::2] == (200, b"")
    assert (await ask(app, "/menu.txt", range="bytes=0-2"))[::2] == (206, b"two")


@pytest.mark.parametrize("path", ["/other.txt", "/", "/docs", "/docs/", "/menu.txt/x", "/" + "x" * 5000, "/a\0b"])
async def test_what_is_not_there(folder, path):
    assert (await ask(StaticFiles(directory=folder), path))[::2] == (404, b"Not Found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_files_can_only_be_read(folder, method):
    status, headers, _ = await ask(StaticFiles(directory=folder), "/menu.txt", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


async def test_a_file_that_must_not_be_read_is_refused(folder, monkeypatch):
    app = StaticFiles(directory=folder)
    monkeypatch.setattr(os, "access", lambda path, mode: not path.endswith("menu.txt"))  # as for anybody but root
    assert (await ask(app, "/menu.txt"))[0] == 401
    assert (await ask(app, "/docs/index.html"))[0] == 200


async def test_under_a_path(folder):
    app = StaticFiles(directory=folder)
    assert (await ask(app, "/static/menu.txt", root_path="/static"))[::2] == (200, b"two burgers")
    assert (await ask(app, "/static/static/menu.txt", root_path="/static"))[0] == 404


# Nothing outside of the folder


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/docs/../../secret.txt",
        "//../secret.txt",
        "/..\\secret.txt",
        "/%2e%2e/secret.txt",
        "/../static-secret/a.txt",
        "/link.txt",
        "/link/a.txt",
        "/loop",
    ],
)
async def test_nothing_outside_is_served(folder, path):
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "link").symlink_to(folder.parent / "static-secret")
    (folder / "loop").symlink_to(folder / "loop")
    for html in (False, True):
        assert (await ask(StaticFiles(directory=folder, html=html), path))[::2] == (404, b"Not Found")


async def test_an_absolute_path_is_none(folder):
    outside = str(folder.parent / "secret.txt")
    app = StaticFiles(directory=folder)
    for path in (outside, "/" + outside, "//" + outside):
        assert (await ask(app, path))[0] == 404


async def test_links_are_followed_only_where_that_is_wanted(folder):
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "inside.txt").symlink_to(folder / "menu.txt")
    (folder.parent / "other").symlink_to(folder)
    assert (await ask(StaticFiles(directory=folder, follow_symlink=True), "/link.txt"))[2] == SECRET.encode()
    assert (await ask(StaticFiles(directory=folder, follow_symlink=True), "/../secret.txt"))[0] == 404
    assert (await ask(StaticFiles(directory=folder), "/inside.txt"))[2] == b"two burgers"
    assert (await ask(StaticFiles(directory=folder.parent / "other"), "/menu.txt"))[2] == b"two burgers"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["..", ".", "", "docs", "static", "secret.txt", "menu.txt", "\\", "~", "\0"]) | st.text())
)
@example(["..", "static", "..", "secret.txt"])
async def test_whatever_the_path_nothing_outside_is_served(folder, parts):
    for html in (False, True):
        status, _, body = await ask(StaticFiles(directory=folder, html=html), "/" + "/".join(parts))
        assert status in (200, 307, 404)
        assert SECRET.encode() not in body


# Not again


async def test_a_browser_that_has_the_file_is_told_so(folder):
    app = StaticFiles(directory=folder)
    _, headers, _ = await ask(app, "/menu.txt")
    mark, time = headers["etag"], headers["last-modified"]
    for asked, status in [
        ({"if_none_match": mark}, 304),
        ({"if_none_match": f'"x", W/{mark}'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, 200),
        ({"if_none_match": ""}, 200),
        ({"if_modified_since": time}, 304),
        ({"if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304),
        ({"if_modified_since": "Fri, 02 Jan 1970 00:00:00 GMT"}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_none_match": '"x"', "if_modified_since": time}, 200),
    ]:
        found, told, body = await ask(app, "/menu.txt", **asked)
        assert (found, body) == (status, b"" if status == 304 else b"two burgers"), asked
        if status == 304:
            assert told == {"etag": mark}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(max_codepoint=255)))
async def test_whatever_date_is_given_there_is_an_answer(folder, date):
    assert (await ask(StaticFiles(directory=folder), "/menu.txt", if_modified_since=date))[0] in (200, 304)


# Pages


async def test_a_folder_is_its_index_page(folder):
    app = StaticFiles(directory=folder, html=True)
    assert (await ask(app, "/docs/"))[::2] == (200, b"<p>docs")
    assert (await ask(app, "/"))[0] == 404
    (folder / "index.html").write_text("<p>home")
    assert (await ask(app, "/"))[::2] == (200, b"<p>home")
    (folder / "empty").mkdir()
    assert (await ask(app, "/empty/"))[0] == 404


@pytest.mark.parametrize(("name", "location"), [("docs", "./docs/"), ("a:b c?", "./a%3Ab%20c%3F/"), ("ä", "./%C3%A4/")])
async def test_a_folder_without_its_slash_is_sent_to_it(folder, name, location):
    if name != "docs":
        (folder / "docs").rename(folder / name)
    status, headers, _ = await ask(StaticFiles(directory=folder, html=True), f"/static/{name}", root_path="/static")
    assert (status, headers["location"]) == (307, location)
    _, headers, _ = await ask(StaticFiles(directory=folder, html=True), f"/{name}", query=b"a=1")
    assert headers["location"] == location + "?a=1"


def test_it_is_found_by_a_client_that_follows(folder, client_of):
    client = client_of(StaticFiles(directory=folder, html=True))
    assert client.get("/docs", follow_redirects=True).url == "http://testserver/docs/"


async def test_there_may_be_a_page_for_what_is_not_there(folder):
    (folder / "404.html").write_text("<p>nothing here")
    for path in ("/other", "/docs/other", "/../secret.txt"):
        assert (await ask(StaticFiles(directory=folder, html=True), path))[::2] == (404, b"<p>nothing here")
    assert (await ask(StaticFiles(directory=folder), "/other"))[::2] == (404, b"Not Found")


# Where the files are


async def test_a_folder_that_is_not_there_is_named_at_once_or_when_it_is_needed(tmp_path):
    with pytest.raises(FwlabError, match=r"no folder .*later"):
        StaticFiles(directory=tmp_path / "later")
    app = StaticFiles(directory=tmp_path / "later", check_dir=False)
    with pytest.raises(FwlabError, match=r"no folder .*later"):
        await ask(app, "/menu.txt")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "menu.txt").write_text("two")
    assert (await ask(app, "/menu.txt"))[2] == b"two"


async def test_a_subclass_may_answer_otherwise(folder):
    class OnePage(StaticFiles):
        async def get_response(self, path, scope):
            try:
                return await super().get_response(path, scope)
            except HTTPException:
                return PlainTextResponse(path, 203)

    app = OnePage(directory=folder)
    assert (await ask(app, "/menu.txt"))[::2] == (200, b"two burgers")
    assert (await ask(app, "/some//thing"))[::2] == (203, b"some/thing")


def test_in_an_app_a_refusal_is_answered_as_any_other(folder, client_of):
    app = App()
    app.mount("/static", StaticFiles(directory=folder))
    assert client_of(app).get("/static/no").json() == {"detail": "Not Found"}
    with pytest.raises(WebSocketDisconnect), client_of(app).websocket_connect("/static/menu.txt"):
        pytest.fail("it was refused")
