"""Forms: what a client encodes comes back as it was; what is broken or too large is refused and leaves no file open."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import AsyncIterator

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.datastructures import FormData, Headers, UploadFile
from fwlab.exceptions import FwlabError, HTTPException
from fwlab.formparsers import SPOOL_SIZE, FormLimits, read_form
from fwlab.requests import ClientDisconnect, Request
from tests.framework.asgi import body_messages, http_scope

URLENCODED = Headers({"content-type": "application/x-www-form-urlencoded"})
MULTIPART = Headers({"content-type": "multipart/form-data; boundary=cut"})


async def in_pieces(body: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    while body:
        size = sizes[0] if sizes else len(body)
        sizes = sizes[1:]
        yield body[:size]
        body = body[size:]
    yield b""


def read(headers: Headers, body: bytes, sizes: list[int] | None = None, **limits) -> FormData:
    async def run() -> FormData:
        return await read_form(headers, in_pieces(body, sizes or []), FormLimits(**limits))

    return anyio.run(run)


def refusal(headers: Headers, body: bytes, **limits) -> str:
    with pytest.raises(HTTPException) as refused:
        read(headers, body, **limits)
    assert refused.value.status_code == 400
    detail: str = refused.value.detail
    return detail


def form_or_refusal(headers: Headers, body: bytes, sizes: list[int] | None = None) -> FormData:
    try:
        return read(headers, body, sizes)
    except HTTPException as refused:
        if refused.status_code != 400:
            raise
        return FormData()


def part(name: str, content: bytes, filename: str | None = None, headers: bytes = b"") -> bytes:
    told = f'; filename="{filename}"' if filename is not None else ""
    disposition = f'Content-Disposition: form-data; name="{name}"{told}\r\n'.encode()
    return b"--cut\r\n" + disposition + headers + b"\r\n" + content + b"\r\n"


END = b"--cut--\r\n"


@pytest.fixture
def opened(monkeypatch):
    """The files that forms have opened."""
    files = []

    class Watched(UploadFile):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            files.append(self)

    monkeypatch.setattr("fwlab.formparsers.UploadFile", Watched)
    return files


# ---------------------------------------------------------------------------------------------------- what comes back

texts = st.text(st.characters(exclude_categories=["Cs"]))
# A client escapes these in a name, each in its own way, and no standard says how to read it back.
names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'))
cuts = st.lists(st.integers(1, 40))


@given(st.dictionaries(texts.filter(bool), st.lists(texts, min_size=1)), cuts)
def test_a_plain_form_comes_back_as_it_was(fields, sizes):
    request = httpx.Request("POST", "http://x", data=fields)

    form = read(URLENCODED, request.read(), sizes)

    assert form.multi_items() == [(name, value) for name, values in fields.items() for value in values]


@given(
    st.dictionaries(names, st.lists(texts, min_size=1)),
    st.lists(st.tuples(names, st.tuples(names.filter(bool), st.binary(max_size=200))), min_size=1),
    cuts,
)
def test_a_form_with_files_comes_back_as_it_was(fields, files, sizes):
    request = httpx.Request("POST", "http://x", data=fields, files=files)

    form = read(Headers(request.headers), request.read(), sizes)

    assert form.multi_items()[: -len(files)] == [(name, value) for name, values in fields.items() for value in values]
    uploads = form.multi_items()[-len(files) :]
    assert [(name, (upload.filename, upload.file.read(), upload.size)) for name, upload in uploads] == [
        (name, (filename, content, len(content))) for name, (filename, content) in files
    ]
    anyio.run(form.close)


def test_a_file_tells_its_type_and_its_part_s_headers():
    body = part("menu", b"{}", "menu.json", b"Content-Type: application/json\r\nX-Page: 2\r\n") + END

    form = read(MULTIPART, body)

    menu = form["menu"]
    assert (menu.filename, menu.content_type, menu.headers["x-page"]) == ("menu.json", "application/json", "2")
    anyio.run(form.close)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", []),
        (b"&&&", []),
        (b"a&b=&=c&d=e=f&", [("a", ""), ("b", ""), ("", "c"), ("d", "e=f")]),
        (b"a=1+%2B+2&%C3%A9=%ff", [("a", "1 + 2"), ("é", "�")]),
    ],
)
def test_a_plain_form_may_be_written_loosely(body, fields):
    assert read(URLENCODED, body).multi_items() == fields


@pytest.mark.parametrize("content_type", ["application/json", "text/plain; boundary=cut", ""])
def test_a_body_that_is_no_form_is_an_empty_form(content_type):
    headers = Headers({"content-type": content_type} if content_type else {})
    assert read(headers, b"a=1") == FormData()


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_form_with_files_is_read_as_utf8_or_else_byte_by_byte(encoding):
    assert read(MULTIPART, part("dish", "dürüm".encode(encoding)) + END)["dish"] == "dürüm"


def test_what_follows_the_end_and_a_part_without_one_are_left_out():
    assert read(MULTIPART, part("a", b"1") + END + b"more").multi_items() == [("a", "1")]
    assert read(MULTIPART, part("a", b"1") + part("b", b"2")[:-3]).multi_items() == [("a", "1")]


# ------------------------------------------------------------------------------------------------------ what is refused

ENCODINGS = {
    "plain": (URLENCODED, lambda fields: "&".join(f"{name}={value}" for name, value in fields).encode()),
    "multipart": (MULTIPART, lambda fields: b"".join(part(n, v.encode()) for n, v in fields) + END),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_form_may_have_so_many_fields(encoding):
    headers, encode = ENCODINGS[encoding]

    assert len(read(headers, encode([("n", "v")] * 1000)).getlist("n")) == 1000
    reason = "Too many fields. Maximum number of fields is 1000."
    assert refusal(headers, encode([("n", "v")] * 1001)) == reason
    assert refusal(headers, encode([("a", "1"), ("b", "2")]), max_fields=1) == reason.replace("1000", "1")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_field_may_be_so_large(encoding):
    headers, encode = ENCODINGS[encoding]
    what = "Field" if encoding == "plain" else "Part"
    counted = 2048 - len("name") if encoding == "plain" else 2048  # where nothing else bounds it, the name counts

    assert read(headers, encode([("name", "x" * counted)]), max_part_size=2048)["name"] == "x" * counted
    reason = f"{what} exceeded maximum size of 2KB."
    assert refusal(headers, encode([("name", "x" * (counted + 1))]), max_part_size=2048) == reason
    assert refusal(headers, encode([("name", "x" * 2**20 + "xxxx")])) == f"{what} exceeded maximum size of 1024KB."


def test_a_plain_form_s_name_counts_too():
    assert refusal(URLENCODED, b"x" * 2049, max_part_size=2048) == "Field exceeded maximum size of 2KB."


def test_a_form_may_have_so_many_files(opened):
    body = part("a", b"1", "a.txt") + part("b", b"2", "b.txt") + END

    form = read(MULTIPART, body, max_files=2, max_fields=0)
    assert [upload.file.read() for _, upload in form.multi_items()] == [b"1", b"2"]
    anyio.run(form.close)
    assert refusal(MULTIPART, body, max_files=1) == "Too many files. Maximum number of files is 1."
    assert len(opened) > 2
    assert all(upload.file.closed for upload in opened)


INVALID = "Invalid multipart data."


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        ("multipart/form-data", b"", "Missing boundary in multipart."),
        ("multipart/form-data; boundary=" + "x" * 300, b"", INVALID),
        ("multipart/form-data; boundary=cut", b"no boundary", INVALID),
        ("multipart/form-data; boundary=cut", b"--cut\r\nno header\r\n\r\n", INVALID),
        ("multipart/form-data; boundary=cut", b"--cut\r\nX: " + b"x" * 10_000 + b"\r\n\r\n", INVALID),
        ("multipart/form-data; boundary=cut", b"--cut\r\n" + b"X: 1\r\n" * 100 + b"\r\n", INVALID),
        (
            "multipart/form-data; boundary=cut",
            b"--cut\r\nContent-Disposition: form-data\r\n\r\n1\r\n--cut--\r\n",
            'The Content-Disposition header field "name" must be provided.',
        ),
        (
            "multipart/form-data; boundary=cut",
            b"--cut\r\n\r\n1\r\n--cut--\r\n",
            'The Content-Disposition header field "name" must be provided.',
        ),
    ],
)
def test_a_broken_form_is_refused_with_its_reason(content_type, body, reason):
    assert refusal(Headers({"content-type": content_type}), body) == reason


SOUND = part("a", b"1") + part("b", b"\x00\xff--cut", "b.bin", b"Content-Type: x/y\r\n") + part("é", b"") + END


@given(
    st.sampled_from([URLENCODED, MULTIPART, Headers({"content-type": 'multipart/form-data; boundary=""'})]),
    st.one_of(
        st.binary(),
        st.tuples(st.integers(0, len(SOUND)), st.integers(0, len(SOUND)), st.binary(max_size=8)).map(
            lambda change: SOUND[: change[0]] + change[2] + SOUND[change[1] :]
        ),
    ),
    cuts,
)
def test_any_bytes_are_a_form_or_refused(headers, body, sizes):
    form = form_or_refusal(headers, body, sizes)
    "".join(str(value) for item in form.multi_items() for value in item).encode()
    anyio.run(form.close)


@given(st.text(st.characters(max_codepoint=255)).map(lambda options: f"multipart/form-data;{options}"))
def test_any_content_type_is_a_form_or_refused(content_type):
    anyio.run(form_or_refusal(Headers({"content-type": content_type}), SOUND).close)


# ---------------------------------------------------------------------------------------------------- files and memory


def test_a_large_file_goes_to_disk_and_never_through_memory():
    size = 24 * SPOOL_SIZE

    async def body():
        yield part("film", b"", "film.mp4")[:-2]
        for _ in range(size // 65536):
            yield bytes(65536)
        yield b"\r\n" + END

    async def run():
        form = await read_form(MULTIPART, body(), FormLimits())
        _, peak = tracemalloc.get_traced_memory()
        length = len(await form["film"].read())
        await form.close()
        return length, form["film"].size, form["film"].file.closed, peak

    tracemalloc.start()
    try:
        length, told, closed, peak = anyio.run(run)
    finally:
        tracemalloc.stop()

    assert (length, told, closed) == (size, size, True)
    assert peak < 4 * SPOOL_SIZE


@pytest.mark.parametrize("size", [10, SPOOL_SIZE + 1], ids=["memory", "disk"])
@pytest.mark.parametrize("end", [b"\r\n--cut--", b"\r\n--cut\r\n\x00\r\n", b"\r\n--cut\r\n\r\n"])
def test_no_file_stays_open_but_those_in_the_form(opened, size, end):
    try:
        form = read(MULTIPART, part("a", b"x" * size, "a") + part("b", b"x" * size, "b")[:-2] + end)
    except HTTPException:
        assert [upload.file.closed for upload in opened] == [True, True]
    else:
        assert [upload.file.closed for upload in opened] == [False, False]
        anyio.run(form.close)
        assert [upload.file.closed for upload in opened] == [True, True]


def test_a_file_cut_short_is_closed(opened):
    assert read(MULTIPART, part("a", b"1") + part("b", b"2", "b")[:-2]).multi_items() == [("a", "1")]
    assert [upload.file.closed for upload in opened] == [True]


@pytest.mark.anyio
async def test_the_files_are_closed_when_the_client_leaves(opened):
    messages = iter([{"type": "http.request", "body": part("a", b"1", "a"), "more_body": True}])

    async def receive():
        return next(messages, {"type": "http.disconnect"})

    request = Request(http_scope("POST", headers=MULTIPART.raw), receive)
    with pytest.raises(ClientDisconnect):
        await request.form()

    assert [upload.file.closed for upload in opened] == [True]


@pytest.mark.anyio
async def test_the_files_are_closed_when_reading_is_cancelled(opened):
    async def body():
        yield part("a", b"1", "a")
        scope.cancel()
        await anyio.sleep_forever()

    with anyio.CancelScope() as scope:
        await read_form(MULTIPART, body(), FormLimits())

    assert [upload.file.closed for upload in opened] == [True]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_twice_the_fields_are_twice_the_work(encoding):
    headers, encode = ENCODINGS[encoding]

    def calls(fields: int) -> int:
        count = 0

        def counting(frame, event, arg):
            nonlocal count
            count += 1

        body = encode([(f"name{n}", "value") for n in range(fields)])
        sys.setprofile(counting)
        try:
            read(headers, body, max_fields=fields)
        finally:
            sys.setprofile(None)
        return count

    few, many = calls(2000), calls(4000)
    assert 1.5 * few < many < 2.5 * few


# ------------------------------------------------------------------------------------------------------- at the request


def request_of(headers: Headers, *chunks: bytes) -> Request:
    messages = iter(body_messages(*chunks))

    async def receive():
        return next(messages)

    return Request(http_scope("POST", headers=headers.raw), receive)


@pytest.mark.anyio
async def test_a_request_s_form_is_awaited_and_read_once():
    request = request_of(URLENCODED, b"a=1&", b"b=2")

    form = await request.form()

    assert dict(form) == {"a": "1", "b": "2"}
    assert await request.form(max_fields=0) is form


@pytest.mark.anyio
async def test_a_request_s_form_is_closed_by_its_context_or_by_the_request():
    async with request_of(MULTIPART, part("a", b"1", "a") + END).form() as form:
        upload = form["a"]
        assert await upload.read() == b"1"
    assert upload.file.closed

    request = request_of(MULTIPART, part("a", b"1", "a") + END)
    upload = (await request.form())["a"]
    await request.close()
    assert upload.file.closed


@pytest.mark.anyio
async def test_a_request_s_form_has_the_limits_it_is_given():
    with pytest.raises(HTTPException, match="Maximum number of files is 0"):
        await request_of(MULTIPART, part("a", b"1", "a") + END).form(max_files=0)
    with pytest.raises(HTTPException, match="Maximum number of fields is 1"):
        await request_of(URLENCODED, b"a=1&b=2").form(max_fields=1)
    with pytest.raises(HTTPException, match="maximum size of 1KB"):
        await request_of(URLENCODED, b"a=" + b"1" * 2000).form(max_part_size=1024)


@pytest.mark.anyio
async def test_what_is_written_to_an_upload_can_be_read_back():
    form = await request_of(MULTIPART, part("a", b"1", "a") + END).form()
    upload = form["a"]

    await upload.seek(1)
    await upload.write(b"2" * SPOOL_SIZE)  # which takes it to disk
    await upload.write(b"3")
    await upload.seek(0)

    assert await upload.read() == b"1" + b"2" * SPOOL_SIZE + b"3"
    assert upload.size == SPOOL_SIZE + 2
    await upload.close()


def test_without_python_multipart_a_form_with_files_names_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "python_multipart", None)

    assert dict(read(URLENCODED, b"a=1")) == {"a": "1"}
    with pytest.raises(FwlabError, match="pip install python-multipart"):
        read(MULTIPART, SOUND)
