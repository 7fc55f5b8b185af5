"""Files as responses: what their headers say, and the parts of them that a client asks for."""

from __future__ import annotations

import os
import re
import threading

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fwlab.background import BackgroundTask
from fwlab.exceptions import FwlabError, HTTPException
from fwlab.responses import FileResponse, parse_range

from .asgi import Client

pytestmark = pytest.mark.anyio
TEXT = bytes(range(65, 91)) * 4


@pytest.fixture
def menu(tmp_path):
    path = tmp_path / "menu.txt"
    path.write_bytes(TEXT)
    os.utime(path, (0, 86400))
    return path


async def ask(response, method="GET", **headers):
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    sent = await Client().asks(response, method=method, headers=raw)
    assert sent[-1].get("more_body", False) is False
    body = b"".join(message["body"] for message in sent[1:])
    found = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    assert len(found) == len(sent[0]["headers"]), "a header stands there twice"
    if method == "GET" and "content-length" in found:
        assert int(found["content-length"]) == len(body)
    return sent[0]["status"], found, body


async def test_a_file_and_its_headers(menu):
    status, headers, body = await ask(FileResponse(menu))
    assert (status, body) == (200, TEXT)
    mark = headers.pop("etag")
    assert re.fullmatch(r'"[^"]+"', mark)
    assert headers == {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(TEXT)),
        "accept-ranges": "bytes",
        "last-modified": "Fri, 02 Jan 1970 00:00:00 GMT",
    }
    os.utime(menu, (0, 86401))
    _, changed, _ = await ask(FileResponse(menu))
    assert changed["etag"] != mark


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, "application/octet-stream"),
        ({"filename": "menu.pdf"}, "application/pdf"),
        ({"media_type": "text/csv", "filename": "menu.pdf"}, "text/csv; charset=utf-8"),
        ({"headers": {"Content-Type": "a/b"}}, "a/b"),
    ],
)
async def test_the_content_type_is_what_is_said_or_what_the_name_says(tmp_path, options, kind):
    (tmp_path / "menu").write_bytes(b"two")
    _, headers, _ = await ask(FileResponse(str(tmp_path / "menu"), **options))
    assert headers["content-type"] == kind


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"filename": "menu.txt"}, 'attachment; filename="menu.txt"'),
        ({"filename": "menu.txt", "content_disposition_type": "inline"}, 'inline; filename="menu.txt"'),
        ({"filename": 'a "b"\r\nx: y.txt'}, "attachment; filename*=utf-8''a%20%22b%22%0D%0Ax%3A%20y.txt"),
        ({"filename": "Menü.txt"}, "attachment; filename*=utf-8''Men%C3%BC.txt"),
        ({"filename": "\udc80.txt"}, "attachment; filename*=utf-8''%3F.txt"),
        ({"filename": "a.txt", "headers": {"Content-Disposition": "inline"}}, "inline"),
    ],
)
async def test_a_file_can_be_offered_under_a_name(menu, options, expected):
    _, headers, _ = await ask(FileResponse(menu, **options))
    assert headers["content-disposition"] == expected


async def test_what_is_given_counts_more_than_what_is_found(menu):
    given_headers = {"etag": '"mine"', "last-modified": "never", "x-a": "1"}
    status, headers, _ = await ask(FileResponse(menu, 203, given_headers))
    assert status == 203
    assert given_headers.items() <= headers.items()


async def test_a_client_that_has_it_already_is_told_so(menu):
    steps = []
    background = BackgroundTask(steps.append, "done")
    _, headers, _ = await ask(FileResponse(menu))
    for method in ("GET", "HEAD"):
        found = await ask(FileResponse(menu, background=background), method, if_none_match=headers["etag"], range="x")
        assert found == (304, {"etag": headers["etag"]}, b"")
    assert (await ask(FileResponse(menu), if_modified_since=headers["last-modified"]))[0] == 304
    assert (await ask(FileResponse(menu, 203), if_none_match=headers["etag"]))[0] == 203
    assert (await ask(FileResponse(menu), "POST", if_none_match=headers["etag"]))[0] == 200
    never = FileResponse(menu, headers={"last-modified": "never", "etag": 'W/"mine"'})
    assert (await ask(never, if_modified_since=headers["last-modified"]))[0] == 200
    assert (await ask(never, if_none_match='"mine"'))[0] == 304
    assert steps == ["done", "done"]


async def test_head_has_the_headers_alone(menu):
    assert await ask(FileResponse(menu), "HEAD") == (*(await ask(FileResponse(menu)))[:2], b"")
    status, headers, body = await ask(FileResponse(menu), "HEAD", range="bytes=0-9")
    assert (status, headers["content-length"], headers["content-range"], body) == (206, "10", "bytes 0-9/104", b"")


@pytest.mark.parametrize(
    "size", [0, 1, FileResponse.chunk_size, FileResponse.chunk_size + 1, FileResponse.chunk_size * 3]
)
async def test_a_file_of_any_size_comes_whole(tmp_path, size):
    (tmp_path / "large").write_bytes(content := os.urandom(size))
    _, headers, body = await ask(FileResponse(tmp_path / "large"))
    assert body == content
    assert headers["content-length"] == str(size)


@pytest.mark.parametrize("size", [10, FileResponse.chunk_size * 2])
async def test_it_is_read_in_worker_threads_and_closed(tmp_path, monkeypatch, size):
    (tmp_path / "large").write_bytes(b"x" * size)
    threads, files = set(), []

    class Watched(FileResponse):
        def _pieces(self, start, end):
            threads.add(threading.current_thread())
            yield from super()._pieces(start, end)

    opened = open
    monkeypatch.setattr("builtins.open", lambda *args: files.append(opened(*args)) or files[-1])
    await ask(Watched(tmp_path / "large"))
    assert threading.main_thread() not in threads
    assert [file.closed for file in files] == [True]


async def test_a_client_that_leaves_closes_it(tmp_path, monkeypatch):
    (tmp_path / "large").write_bytes(b"x" * FileResponse.chunk_size * 100)
    files = []
    opened = open
    monkeypatch.setattr("builtins.open", lambda *args: files.append(opened(*args)) or files[-1])
    client = Client()

    async def leave(message):
        if len(client.sent) == 3:
            client.left.set()

    client.on_send = leave
    await client.asks(FileResponse(tmp_path / "large"))
    assert len(client.sent) < 100
    assert [file.closed for file in files] == [True]


async def test_work_runs_after_it(menu):
    steps = []
    await ask(FileResponse(menu, background=BackgroundTask(steps.append, "done")))
    assert steps == ["done"]


@pytest.mark.parametrize(("what", "message"), [("nothing", "there is no file"), ("folder", "is not a file")])
async def test_what_is_no_file_is_named(tmp_path, what, message):
    (tmp_path / "folder").mkdir()
    with pytest.raises(FwlabError, match=message):
        await ask(FileResponse(tmp_path / what))


async def test_a_file_that_becomes_shorter_is_named(menu, monkeypatch):
    known = menu.stat()
    menu.write_bytes(b"A")
    monkeypatch.setattr(os, "stat", lambda path: known)
    with pytest.raises(FwlabError, match="became shorter"):
        await ask(FileResponse(menu))


async def test_a_response_can_be_sent_again_when_the_file_has_changed(menu):
    response = FileResponse(menu)
    await ask(response)
    menu.write_bytes(b"two")
    assert (await ask(response))[2] == b"two"


# Parts


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, 104),
        ("bytes=-10", 94, 104),
        ("bytes=-1000", 0, 104),
        ("bytes=100-1000", 100, 104),
        ("Bytes = 5 - 5 ", 5, 6),
    ],
)
async def test_one_part(menu, asked, start, end):
    status, headers, body = await ask(FileResponse(menu), range=asked)
    assert (status, body) == (206, TEXT[start:end])
    assert headers["content-range"] == f"bytes {start}-{end - 1}/104"
    assert headers["content-type"] == "text/plain; charset=utf-8"


async def test_large_parts_come_whole(tmp_path):
    (tmp_path / "large").write_bytes(content := os.urandom(FileResponse.chunk_size * 4))
    _, _, body = await ask(FileResponse(tmp_path / "large"), range="bytes=100-199999")
    assert body == content[100:200000]


@pytest.mark.parametrize(
    ("asked", "status", "text"),
    [
        ("0-9", 400, "Malformed range header."),
        ("lines=0-9", 400, "Malformed range header."),
        ("bytes=", 400, "Malformed range header."),
        ("bytes=-", 400, "Malformed range header."),
        ("bytes=x-y", 400, "Malformed range header."),
        ("bytes=--5", 400, "Malformed range header."),
        ("bytes=²-³", 400, "Malformed range header."),
        ("bytes=20-19", 400, "Range header: start must be less than end"),
        ("bytes=20-10", 400, "Range header: start must be less than end"),
        ("bytes=104-", 416, ""),
        ("bytes=-0", 416, ""),
    ],
)
async def test_parts_that_cannot_be_had(menu, asked, status, text):
    found, headers, body = await ask(FileResponse(menu), range=asked)
    assert (found, body.decode()) == (status, text)
    assert headers.get("content-range") == ("bytes */104" if status == 416 else None)


async def test_an_empty_file_has_no_parts(tmp_path):
    (tmp_path / "empty").touch()
    assert (await ask(FileResponse(tmp_path / "empty"), range="bytes=0-"))[0] == 416


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_when_the_whole_file_is_sent_whatever_is_asked_for(menu, method):
    assert (await ask(FileResponse(menu), method, range="bytes=0-9, 20-29"))[::2] == (200, TEXT)
    assert (await ask(FileResponse(menu, 404), method, range="bytes=0-9"))[::2] == (404, TEXT)
    if method == "POST":
        assert (await ask(FileResponse(menu), method, range="bytes=0-9"))[::2] == (200, TEXT)


async def test_a_part_is_sent_only_of_what_the_client_has_already(menu):
    _, headers, _ = await ask(FileResponse(menu))
    for condition, status in [
        (headers["etag"], 206),
        (headers["last-modified"], 206),
        ('"another"', 200),
        (f"W/{headers['etag']}", 200),
        ("Fri, 02 Jan 1970 00:00:01 GMT", 200),
    ]:
        assert (await ask(FileResponse(menu), range="bytes=0-9", if_range=condition))[0] == status, condition


@given(st.one_of(st.text(), st.from_regex(r"bytes=([0-9]{0,3}-[0-9]{0,3},? ?){0,5}")), st.integers(0, 300))
@example("bytes=" + "9" * 5000 + "-", 10)
@example("bytes=" + "0-," * 50, 10)
def test_any_header_gives_a_part_of_the_file_or_a_refusal(header, size):
    try:
        part = parse_range(header, size)
    except HTTPException:
        return
    assert part is None or 0 <= part[0] < part[1] <= size
