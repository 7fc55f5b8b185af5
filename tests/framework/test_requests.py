"""How a request is read out of ASGI."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab import HTTPException
from fwlab.requests import is_json, query_pairs, read_body, route_path

from .asgi import body_messages


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        (b"", []),
        (b"a=1", [("a", "1")]),
        (b"a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
        (b"a", [("a", "")]),
        (b"a=", [("a", "")]),
        (b"=1", [("", "1")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"&&a=1&", [("a", "1")]),
        (b"a=x+y%20z%C3%A4", [("a", "x y zä")]),
        (b"a%5B%5D=1", [("a[]", "1")]),
        (b"a=%FF%zz", [("a", "�%zz")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
    ],
)
def test_the_pairs_of_a_query(query, pairs):
    assert query_pairs(query) == pairs


@given(st.binary())
def test_any_bytes_are_a_query_that_the_standard_library_reads_likewise(query):
    assert query_pairs(query) == parse_qsl(query.decode("latin-1"), keep_blank_values=True)


@given(st.lists(st.tuples(st.text(), st.text())))
def test_pairs_survive_being_written_into_a_query(pairs):
    assert query_pairs(urlencode(pairs).encode()) == pairs


@pytest.mark.parametrize(
    ("content_type", "declared"),
    [
        (b"application/json", True),
        (b"application/json; charset=utf-8", True),
        (b" Application/JSON ;", True),
        (b"application/problem+json", True),
        (b"application/jsonp", False),
        (b"text/json", False),
        (b"text/plain+json", False),
        (b"application", False),
        (b"", False),
        (b"\xff", False),
    ],
)
def test_a_content_type_declares_json(content_type, declared):
    headers = [(b"host", b"x"), (b"content-type", content_type), (b"content-type", b"application/json")]
    assert is_json(headers) is declared


def test_without_a_content_type_nothing_is_declared():
    assert not is_json([(b"accept", b"application/json")])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("messages", "body"),
    [
        (body_messages(b"abc"), b"abc"),
        (body_messages(b"a", b"", b"bc"), b"abc"),
        ([{"type": "http.request"}], b""),
        ([{"type": "http.request", "more_body": True}, {"type": "http.request", "body": b"a"}], b"a"),
    ],
)
async def test_the_body_is_all_of_its_messages(messages, body):
    async def receive():
        return messages.pop(0)

    messages = list(messages)
    assert await read_body(receive) == body


@pytest.mark.anyio
@pytest.mark.parametrize("before", [[], [{"type": "http.request", "body": b"a", "more_body": True}]])
async def test_a_client_that_leaves_is_no_body(before):
    messages = [*before, {"type": "http.disconnect"}]

    async def receive():
        return messages.pop(0)

    with pytest.raises(HTTPException, match="400: There was an error parsing the body"):
        await read_body(receive)


@pytest.mark.parametrize(
    ("root", "path", "route"),
    [
        ("", "/burgers", "/burgers"),
        ("/proxy/8000", "/proxy/8000/burgers", "/burgers"),
        ("/proxy/8000/", "/proxy/8000/burgers", "/burgers"),
        ("/proxy", "/burgers", "/burgers"),
        ("/proxy", "/proxy-less", "/proxy-less"),
        ("/proxy", "/proxy", "/proxy"),
        ("/proxy", "/proxy/", "/"),
        ("/", "/burgers", "/burgers"),
    ],
)
def test_the_root_path_is_not_part_of_a_route(root, path, route):
    assert route_path({"path": path, "root_path": root}) == route
