"""The course open in JupyterLab, for the tests that need it, and the order in which all tests run.

Where the course is open, the command itself was started, no stand-in.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ["FWLAB_PROGRESS"] = "off"  # whoever runs the tests may be a learner, with a progress of their own
os.environ["LANGUAGE"] = "en"  # and may speak another language; a notebook in Spanish speaks Spanish nevertheless
os.environ.pop("FWLAB_LANGUAGE", None)

PATIENCE = 120  # seconds; a busy machine is slow, and a server that hangs must still end the test

# Files and folders whose tests take long, the longest first: `make test ARGS=--durations=50` shows where the time goes.
# Of those that open a browser the longest runs beside others, not beside its like: each keeps two cores busy alone.
LONGEST_FIRST = (
    "tests/browser/test_course.py",
    "tests/lab/test_process_server.py",
    "tests/tools/test_notebooks.py",
    "tests/lab/test_bad_servers.py",
    "tests/grading/classroom/test_grade.py",
    "tests/cli/test_run.py",
    "tests/grading/",
    "tests/browser/",
    "notebooks/",
    "tests/cli/",
    "tests/lab/",
    "tests/tools/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first: workers take one after the other, and the short ones fill what is left at the end."""

    def rank(item: pytest.Item) -> int:
        starts = (n for n, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start))
        return next(starts, len(LONGEST_FIRST))

    items.sort(key=rank)


class RunningCourse:
    """``fwlab lab --no-browser`` as a process, with Jupyter's files in a folder of its own."""

    def __init__(self, private: Path, cwd: Path, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self.runtime = private / "runtime"
        folders = {
            "JUPYTER_CONFIG_DIR": private / "config",
            "JUPYTER_DATA_DIR": private / "data",
            "JUPYTER_RUNTIME_DIR": self.runtime,
            "JUPYTERLAB_SETTINGS_DIR": private / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": private / "workspaces",
            "IPYTHONDIR": private / "ipython",
            "JUPYTER_PATH": private / "shared",
        }
        # The extension as it is built here, not as it was when fwlab was installed.
        built = Path(__file__).resolve().parents[1] / "fwlab/jupyter/labextension/built"
        extensions = private / "shared" / "labextensions"
        extensions.mkdir(parents=True)
        (extensions / "fwlab").symlink_to(built)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fwlab", "lab", "--no-browser", *arguments],
            cwd=cwd,
            env=inherited | {name: str(folder) for name, folder in folders.items()} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._address = ""
        self._spoke = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.output += line
                if not self._address and (found := re.search(r"http://\S+", line)):
                    self._address = found[0]
                    self._spoke.set()
        self._spoke.set()

    @property
    def address(self) -> str:
        """The address that the process prints; it is waited for."""
        assert self._spoke.wait(PATIENCE), f"fwlab lab has printed no address:\n{self.output}"
        assert self._address, f"fwlab lab ended:\n{self.output}"
        return self._address

    def get(self, path: str) -> bytes:
        """Ask the server for a path, with the token."""
        page, token = self.address.split("?token=")
        request = urllib.request.Request(
            re.sub(r"(http://[^/]+).*", r"\1", page) + path, headers={"Authorization": f"token {token}"}
        )
        without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with without_proxy.open(request, timeout=PATIENCE) as answer:
            body: bytes = answer.read()
            return body

    def end(self, with_signal: signal.Signals) -> int:
        """Send a signal, wait for the end, and return the exit status."""
        self.process.send_signal(with_signal)
        try:
            return self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.process.wait(timeout=PATIENCE)
            self._reader.join(PATIENCE)


@pytest.fixture(scope="session")
def start_course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningCourse]]:
    """A function that starts ``fwlab lab --no-browser ARGUMENTS``; what it started ends with the session.

    It names the port, for two that start at the same moment may find the same one free.
    """
    started: list[RunningCourse] = []

    def start(*arguments: str, cwd: Path, **environment: str) -> RunningCourse:
        if "--port" not in arguments:
            with socket.create_server(("127.0.0.1", 0)) as free:
                arguments = ("--port", str(free.getsockname()[1]), *arguments)
        started.append(RunningCourse(tmp_path_factory.mktemp("jupyter"), cwd, arguments, environment))
        return started[-1]

    yield start
    for course in started:
        course.end(signal.SIGTERM)
