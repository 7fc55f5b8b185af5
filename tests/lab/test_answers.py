"""Where an answer ends: both parsers, however the bytes are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.lab.loading.answers import LONGEST_HEAD, GarbageError, H11Answers, HttptoolsAnswers, fastest

try:
    import httptools  # noqa: F401
except ImportError:
    PARSERS = [H11Answers]
else:
    PARSERS = [H11Answers, HttptoolsAnswers]

OK = b"HTTP/1.1 200 OK\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"

# What came, in answer to which method; then its status, whether its connection may go on, and whether it ends only
# with the connection.
WHOLE = {
    "a body with its length": (OK + b"Content-Length: 5\r\n\r\nhello", "GET", 200, True, False),
    "no body": (b"HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n", "GET", 404, True, False),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "GET", 200, True, False),
    "chunks with a trailer": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n0\r\nDigest: x\r\n\r\n", "GET", 200, True, False,
    ),
    "the last of the connection": (
        OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", "GET", 200, False, False,
    ),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "GET", 200, False, False),
    "until the connection ends": (OK + b"\r\nhello", "GET", 200, False, True),
    "HTTP/1.0 until the connection ends": (b"HTTP/1.0 200 OK\r\n\r\nhello", "GET", 200, False, True),
    "HEAD": (OK + b"Content-Length: 5\r\n\r\n", "HEAD", 200, True, False),
    "HEAD of chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", "HEAD", 200, True, False),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", "DELETE", 204, True, False),
    "304 with a length": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "GET", 304, True, False),
    "1xx before it": (
        b"HTTP/1.1 100 Continue\r\n\r\n" + EARLY + OK + b"Content-Length: 5\r\n\r\nhello", "POST", 200, True, False,
    ),
    "1xx, and until the connection ends": (EARLY + OK + b"\r\nhello", "GET", 200, False, True),
    "followed by what nobody asked for": (
        OK + b"Content-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET", 200, False, False,
    ),
    "followed by garbage": (OK + b"Content-Length: 5\r\n\r\nhello, or not", "GET", 200, False, False),
    "HEAD with a body": (OK + b"Content-Length: 5\r\n\r\nhello", "HEAD", 200, False, False),
}  # fmt: skip

GARBAGE = {
    "no HTTP": b"garbage\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "a bad length": OK + b"Content-Length: five\r\n\r\nhello",
    "a bad chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a head without an end": OK + b"X-Padding: " + b"x" * (LONGEST_HEAD + 1),
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n",
}

CUT_OFF = {
    "before anything": b"",
    "in the head": OK + b"Content-Le",
    "after a 1xx": EARLY,
    "in the body": OK + b"Content-Length: 5\r\n\r\nhe",
    "in the chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe",
    "in the body, after a 1xx": EARLY + OK + b"Content-Length: 5\r\n\r\nhe",
}


@pytest.fixture(params=PARSERS, ids=lambda parser: parser.__name__)
def answers(request):
    return request.param()


def read(answers, data, method="GET", pieces=()):
    """Feed the bytes in pieces, as a connection does, which looks for nothing more after the end."""
    answers.expect(method)
    cuts = [0, *sorted({cut % (len(data) + 1) for cut in pieces}), len(data)]
    for begin, end in itertools.pairwise(cuts):
        if begin < end and not answers.complete:
            answers.feed(data[begin:end])


@pytest.mark.parametrize("name", WHOLE)
def test_an_answer_in_one_piece(answers, name):
    data, method, status, reusable, only_with_the_end = WHOLE[name]
    read(answers, data, method)
    assert answers.complete is not only_with_the_end
    if only_with_the_end:
        assert answers.head
        answers.end()
    assert (answers.complete, answers.head, answers.status, answers.reusable) == (True, True, status, reusable)


@pytest.mark.parametrize("parser", PARSERS)
@given(st.sampled_from(sorted(WHOLE)), st.lists(st.integers(0, 1000)))
def test_however_it_is_cut(parser, name, pieces):
    data, method, status, _, only_with_the_end = WHOLE[name]
    answers = parser()
    read(answers, data, method, pieces)
    if only_with_the_end:
        answers.end()
    assert (answers.complete, answers.status) == (True, status)


def test_one_after_another(answers):
    for name in ("a body with its length", "HEAD", "chunks", "1xx before it", "204", "HEAD", "no body"):
        data, method, status, _, _ = WHOLE[name]
        read(answers, data, method)
        assert (answers.complete, answers.status, answers.reusable) == (True, status, True), name


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage(answers, name):
    with pytest.raises(GarbageError):
        read(answers, GARBAGE[name])


@pytest.mark.parametrize("name", CUT_OFF)
def test_an_answer_that_is_cut_off(answers, name):
    read(answers, CUT_OFF[name])
    assert not answers.complete
    with pytest.raises(GarbageError):
        answers.end()


@pytest.mark.parametrize("parser", PARSERS)
@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
def test_any_bytes_are_an_answer_or_garbage_and_nothing_else(parser, data, pieces):
    answers = parser()
    try:
        read(answers, data, pieces=pieces)
        answers.end()
    except GarbageError:
        assert not answers.complete


@pytest.mark.skipif(HttptoolsAnswers not in PARSERS, reason="install httptools to run this")
@given(st.lists(st.sampled_from([*WHOLE.values(), *GARBAGE.values(), *CUT_OFF.values()]), min_size=1, max_size=3))
def test_both_see_the_same(scripts):
    data = b"".join(script if isinstance(script, bytes) else script[0] for script in scripts)
    seen = []
    for parser in PARSERS:
        answers = parser()
        try:
            read(answers, data)
            if not answers.complete:
                answers.end()
            seen.append((answers.status, answers.complete))
        except GarbageError:
            seen.append("garbage")
    assert seen[0] == seen[1]


def test_the_fastest_is_what_is_installed():
    assert fastest() is PARSERS[-1]
