"""``fwlab lab``: JupyterLab on the course, which says where it is, asks nobody outside, and ends when it is told to."""

import json
import signal
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fwlab.course import COURSE_VARIABLE


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small course, so that nothing is read from the real one and nothing written to it."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "notebooks").mkdir()
    (folder / "exercises").mkdir()
    (folder / "notebooks" / "00_start.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    return folder


@pytest.fixture(scope="module")
def running(course: Path, start_course: Callable[..., Any]) -> Any:
    """The course, open in JupyterLab."""
    return start_course(cwd=course, **{COURSE_VARIABLE: str(course)})


def test_it_prints_where_the_first_page_is(running: Any) -> None:
    assert "/lab/tree/notebooks/00_start.ipynb?token=" in running.address
    assert running.address.startswith("http://127.0.0.1:")


def test_jupyter_serves_the_course(running: Any) -> None:
    assert json.loads(running.get("/api/contents/notebooks"))["content"][0]["name"] == "00_start.ipynb"


def test_the_page_fetches_no_news_and_looks_for_no_release_or_extension(running: Any) -> None:
    page = running.get("/lab/tree/notebooks/00_start.ipynb").decode()
    head, script = '<script id="jupyter-config-data" type="application/json">', "</script"
    config = json.loads(page.split(head)[1].split(script)[0])
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]
    assert config["extensionManager"]["can_install"] is False


def test_the_terminal_says_nothing_else(running: Any, course: Path) -> None:
    running.get("/api/status")
    said = [line for line in running.output.splitlines() if line.strip()]
    assert said == [f"The course ({course}) is open at", f"    {running.address}", "Ctrl-C ends it."]


def test_jupyter_writes_down_what_servers_take_their_address_in_the_browser_from(running: Any) -> None:
    running.get("/api/status")
    said = json.loads((running.runtime / f"jpserver-{running.process.pid}.json").read_text())
    assert (said["base_url"], said["hostname"]) == ("/", "127.0.0.1")


def end(running: Any, how: signal.Signals) -> None:
    """End it with one signal, and see that it leaves nothing behind."""
    assert list(running.runtime.glob("jpserver-*")) != []
    assert running.end(how) == 0
    assert list(running.runtime.glob("jpserver-*")) == []
    assert "Traceback" not in running.output


def test_it_ends_when_it_is_told_to(course: Path, start_course: Callable[..., Any]) -> None:
    ending = start_course(cwd=course, **{COURSE_VARIABLE: str(course)})
    ending.get("/api/status")
    end(ending, signal.SIGTERM)


def test_further_arguments_reach_jupyter_and_the_interrupt_key_ends_it(
    course: Path, start_course: Callable[..., Any]
) -> None:
    own = start_course(
        "--", "--ServerApp.base_url=/elsewhere/", cwd=course, JUPYTER_TOKEN="mine", **{COURSE_VARIABLE: str(course)}
    )
    assert "/elsewhere/lab/tree/" in own.address
    assert "mine" not in own.address, "a token that the learner has configured is not put on the terminal"
    without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with without_proxy.open(own.address.split("/lab/")[0] + "/api", timeout=60) as answer:
        assert "version" in json.load(answer), "it is there, for whoever has the token"
    end(own, signal.SIGINT)


def test_a_port_that_is_busy_is_said_in_one_line(course: Path, start_course: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = start_course("--port", str(port), cwd=course, **{COURSE_VARIABLE: str(course)})
        with pytest.raises(AssertionError, match=f"port {port} is not available"):
            _ = refused.address
    assert refused.process.wait(timeout=60) == 1
    assert "Traceback" not in refused.output
