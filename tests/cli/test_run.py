"""``fwlab run`` and ``fwlab dev``: the command itself, started as a person starts it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs processes that share a socket: Linux or macOS")

PATIENCE = 60  # seconds; a busy machine is slow, and a server that hangs must still end the test

SHOP = """
import os
from fwlab import App

app = App()

@app.get("/")
async def price() -> str:
    return "five"

@app.get("/die")
async def die() -> None:
    os._exit(3)
"""

ONCE = """
from pathlib import Path

if Path("started").exists():
    os._exit(3)
Path("started").touch()
"""


class Command:
    """``fwlab ARGUMENTS`` in a folder, as a process whose output can be waited for."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fwlab", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                with self._more:
                    self.output += line
                    self._more.notify_all()

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until the output matches."""
        with self._more:
            assert self._more.wait_for(lambda: re.search(pattern, self.output), PATIENCE), self.output
            found = re.search(pattern, self.output)
        assert found is not None
        return found

    def get(self, path: str = "/") -> str:
        """Ask the server."""
        with urllib.request.urlopen(self.says(r"http://\S+")[0] + path, timeout=PATIENCE) as answer:
            text: str = answer.read().decode()
            return text

    def end(self, with_signal: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, wait for the end, and return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.process.wait(timeout=PATIENCE)
            self._reader.join(PATIENCE)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A folder with ``shop.py``, in which the test works; a module that was read from it is forgotten."""
    (tmp_path / "shop.py").write_text(SHOP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in {"shop", "broken", "missing"} - before:
        sys.modules.pop(name, None)


@pytest.fixture
def fwlab(tmp_path):
    """A function that starts the command in a folder with ``shop.py``; what it started ends with the test."""
    (tmp_path / "shop.py").write_text(SHOP)
    started = []

    def start(*arguments: str) -> Command:
        started.append(Command(tmp_path, *arguments))
        return started[-1]

    yield start
    for command in started:
        command.end(signal.SIGKILL)


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_run_serves_until_it_is_stopped_and_leaves_no_process(fwlab, with_signal):
    command = fwlab("run", "shop:app", "--workers", "2", "--port", "0")
    assert command.get() == '"five"'
    command.says(r"by 2 workers\. Ctrl\+C stops it\.")
    workers = psutil.Process(command.process.pid).children()
    assert len(workers) == 2
    assert command.end(with_signal) == 0
    assert not [worker for worker in workers if worker.is_running()]
    assert "Traceback" not in command.output


def test_run_replaces_a_worker_that_dies_and_gives_up_one_that_always_does(fwlab):
    command = fwlab("run", "shop:app", "--port", "0")
    port = int(command.says(r"http://\S+:(\d+)")[1])
    for _ in range(3):
        with pytest.raises((urllib.error.URLError, ConnectionError)):
            command.get("/die")
    command.says("It is not started again")
    assert command.process.wait(PATIENCE) == 1
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_run_gives_up_a_worker_that_dies_before_it_is_ready(fwlab, tmp_path):
    (tmp_path / "shop.py").write_text(SHOP + ONCE)
    command = fwlab("run", "shop:app", "--port", "0")
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        command.get("/die")
    command.says("It is not started again")
    assert command.process.wait(PATIENCE) == 1
    assert command.output.count("a new one takes its place") == 2


def test_dev_takes_up_a_change_and_outlives_a_mistake(fwlab, tmp_path):
    command = fwlab("dev", "shop:app", "--port", "0")
    assert command.get() == '"five"'
    command.says(r'\[shop:app\] 127\.0\.0\.1:\d+ - "GET / HTTP/1\.1" 200')
    change(command, tmp_path, SHOP.replace('"five"', '"six'), "SyntaxError: .* of ")
    (tmp_path / "shop.py").write_text(SHOP.replace('"five"', '"six"'))
    assert command.get() == '"six"'
    assert command.end() == 0
    assert "Traceback" not in command.output


def change(command: Command, folder: Path, text: str, pattern: str) -> None:
    """Write ``shop.py`` until the command tells what came of it: the watch begins at some moment after the start."""
    deadline = time.monotonic() + PATIENCE
    while not re.search(pattern, command.output):
        assert time.monotonic() < deadline, command.output
        (folder / "shop.py").write_text(text)
        time.sleep(0.3)


@pytest.mark.parametrize(
    ("command", "arguments", "complaint"),
    [
        ("run", ["shop.py"], "write 'shop:app'"),
        ("run", ["shop"], "write 'shop:app'"),
        ("run", ["missing:app"], "no module 'missing'"),
        ("run", ["shop:application"], "Is it 'shop:app'?"),
        ("run", ["shop:os"], "can be called"),
        ("run", ["broken:app"], "ZeroDivisionError"),
        ("run", ["shop:app", "--host", "192.0.2.1"], "no address of this machine"),
        ("dev", ["shop.py"], "write 'shop:app'"),
        ("dev", ["missing:app"], "no module 'missing'"),
        ("dev", ["broken:app"], "ZeroDivisionError"),
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(shop, fwlab_here, command, arguments, complaint):
    (shop / "broken.py").write_text("1 / 0\n")
    done = fwlab_here(command, *arguments, *([] if "--port" in arguments else ["--port", "0"]))
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert done.stderr.startswith("fwlab: ")
    assert done.stderr.count("\n") == 1


def test_wrong_input_ends_the_process_with_that_status(fwlab):
    command = fwlab("run", "shop.py")
    assert command.process.wait(PATIENCE) == 2
    assert command.output.startswith("fwlab: ")
    assert command.output.count("\n") == 1


def test_a_taken_port_names_the_option(shop, fwlab_here):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        done = fwlab_here("run", "shop:app", "--port", str(holder.getsockname()[1]))
    assert done.returncode == 2
    assert "--port 0 is a free one" in done.stderr


@pytest.mark.parametrize("option", [["--workers", "0"], ["--workers", "65"], ["--port", "-1"], ["--port", "x"]])
def test_an_option_out_of_range_is_a_usage_error(fwlab_here, option):
    done = fwlab_here("run", "shop:app", *option)
    assert done.returncode == 2
    assert option[0] in done.stderr.lower()
