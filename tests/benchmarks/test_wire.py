"""The servers and their drivers: over loopback, with the raw app and the suite's own client, which need no peer."""

import dataclasses

import pytest

from benchmarks import raw_client, wrk
from benchmarks.cases import BY_NAME
from benchmarks.served import Load, ServerError, serving

REPORT = """Running 1s test @ http://127.0.0.1:8000
  1 threads and 16 connections
  20000 requests in 1.00s, 2.35MB read
{failures}Requests/sec:  19990.50
Transfer/sec:      2.35MB
"""


@pytest.fixture(scope="module")
def server():
    with serving("raw") as server:
        server.check(BY_NAME["json"])
        yield server


@pytest.mark.parametrize("case", ["json", "body"])
def test_the_suites_own_client_counts_answers(server, case):
    before = server.cpu_time()
    load = raw_client.drive(server.port, BY_NAME[case], connections=4, seconds=0.1)
    assert load.requests >= 4
    assert load.rate > 0
    assert server.cpu_time() > before


def test_a_wrong_answer_over_the_wire_is_found(server):
    with pytest.raises(ServerError, match="raw answers json"):
        server.check(dataclasses.replace(BY_NAME["json"], answer=b"{}"))


def test_a_failed_request_is_no_request(server):
    failing = dataclasses.replace(BY_NAME["parameters"], query=b"", answer=b"Internal Server Error")
    with pytest.raises(ServerError, match="500"):
        raw_client.drive(server.port, failing, connections=2, seconds=0.1)


def test_a_server_ends_with_its_block():
    with serving("raw") as server:
        server.check(BY_NAME["text"])
        port = server.port
    with pytest.raises(ServerError, match="does not answer"):
        raw_client.drive(port, BY_NAME["text"], connections=1, seconds=0.1)


def test_a_server_that_cannot_start_says_so():
    with pytest.raises(ServerError, match="has ended"), serving("nobody"):
        pass


def test_wrks_report_is_read():
    assert wrk.parse(REPORT.format(failures="")) == Load(20000, 19990.5)


@pytest.mark.parametrize(
    "failures",
    ["  Socket errors: connect 0, read 3, write 0, timeout 0\n", "  Non-2xx or 3xx responses: 20000\n"],
)
def test_wrks_failures_are_not_taken_for_answers(failures):
    with pytest.raises(ServerError, match=failures.strip()[:12]):
        wrk.parse(REPORT.format(failures=failures))


def test_a_wrk_without_a_report_is_an_error():
    with pytest.raises(ServerError, match="unable to connect"):
        wrk.parse("", "unable to connect")


@pytest.mark.skipif(not wrk.installed(), reason="install wrk, of your system's packages, to run this")
def test_wrk_counts_answers(server):
    assert wrk.drive(server.port, BY_NAME["body"], connections=2, seconds=1).requests > 1
