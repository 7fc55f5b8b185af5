"""The laboratory in a real Jupyter kernel: whatever a cell does, the next cell runs."""

from __future__ import annotations

import ast
import os
import signal
import socket
import sys

import psutil
import pytest
from jupyter_client.manager import KernelManager

from .conftest import is_free, lives, wait_until

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs processes that share a socket: Linux or macOS")

APP = """
import asyncio, time, httpx
from fwlab.lab import serve, load, DirectTransport

async def app(scope, receive, send):
    assert scope["type"] == "http"
    if scope["path"] == "/print":
        print("printed by the handler")
    if scope["path"] == "/task":
        asyncio.create_task(work())
    if scope["path"] == "/boom":
        raise ValueError("no burgers left")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})

async def work():
    raise KeyError("a lost order")

async def cannot_start(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed"})
    raise RuntimeError("no database")

async def get(path):
    async with httpx.AsyncClient(transport=DirectTransport(), base_url=server.url) as client:
        return await client.get(path)
"""


class Cell:
    """What one cell put out."""

    def __init__(self, reply, messages):
        self.ok = reply["content"]["status"] == "ok"
        self.error = reply["content"].get("ename", "") + ": " + reply["content"].get("evalue", "")
        self.stdout = self._text(messages, "stdout")
        self.stderr = self._text(messages, "stderr")
        self.result = next((m["content"]["data"] for m in messages if m["msg_type"] == "execute_result"), {})

    @staticmethod
    def _text(messages, name):
        streams = (m["content"] for m in messages if m["msg_type"] == "stream")
        return "".join(stream["text"] for stream in streams if stream["name"] == name)


class Kernel:
    """A kernel in a process of its own, that knows the ``app``."""

    def __init__(self):
        self.manager = KernelManager()
        self.manager.kernel_spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self.manager.start_kernel()
        self._client = self.manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)
        assert self.run(APP).ok

    def run(self, code, *, until=""):
        """Run a cell to its end; and on until it has put out a text, for what threads print may come late."""
        messages = []
        reply = self._client.execute_interactive(code, timeout=60, allow_stdin=False, output_hook=messages.append)
        while until not in (cell := Cell(reply, messages)).stdout + cell.stderr:
            message = self._client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") == reply["parent_header"]["msg_id"]:
                messages.append(message)
        return cell

    def close(self):
        self._client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture(scope="module")
def kernel():
    kernel = Kernel()
    yield kernel
    kernel.close()


@pytest.fixture
def server(kernel):
    """A server in the kernel, in its variable ``server``."""
    assert kernel.run("server = await serve(app)").ok


def goes_on(kernel):
    return kernel.run("1 + 1").result.get("text/plain") == "2"


def test_a_busy_port_is_an_error_in_the_cell(kernel):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        cell = kernel.run(f"await serve(app, port={holder.getsockname()[1]})")
    assert cell.error.startswith("ServeError: Port")
    assert goes_on(kernel)


def test_a_failed_start_up_is_an_error_in_the_cell(kernel):
    cell = kernel.run("await serve(cannot_start)")
    assert cell.error.startswith("ServeError: The application did not start. RuntimeError: no database (line ")
    assert goes_on(kernel)


def test_a_blocking_call_is_explained(kernel, server):
    cell = kernel.run("httpx.get(server.url)")
    assert cell.error.startswith("ServeError: This call would wait forever.")
    assert kernel.run("(await get('/')).text").result["text/plain"] == "'hello'"


def test_a_failing_handler_gives_500_and_shows_its_own_lines_in_the_cell(kernel, server):
    cell = kernel.run("(await get('/boom')).status_code")
    assert cell.result["text/plain"] == "500"
    assert "ValueError: no burgers left" in cell.stderr
    assert "uvicorn" not in cell.stderr
    assert kernel.run("(await get('/')).text").result["text/plain"] == "'hello'"


def test_a_handler_prints_into_the_cell_that_runs(kernel, server):
    assert kernel.run("response = await get('/print')").stdout == "printed by the handler\n"
    assert kernel.run("run = await load(server, '/print', users=2, requests=2, warmup=0)").stdout.count("printed") == 2


def test_the_cell_can_be_run_again(kernel, server):
    again = kernel.run(
        "old = server; server = await serve(app); (old.port == server.port, old.running, server.running)"
    )
    assert again.result["text/plain"] == "(True, False, True)"


INTERRUPTED = """
import os, signal
async def slow(scope, receive, send):
    assert scope["type"] == "http"
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.Event().wait()
other = await serve(slow, name="slow")
"""


def test_a_worker_process_outlives_the_cell_and_the_request_that_started_it(kernel):
    assert kernel.run(
        """
        import os
        from fwlab import App
        shop = App()
        @shop.get("/worker", run_in="process")
        def worker(): return os.getpid()
        server = await serve(shop)
        """
    ).ok
    ask = "print([(await get('/worker')).text for _ in range(2)])"
    answers = [kernel.run(ask).stdout for _ in range(2)]
    assert kernel.run("server = await serve(shop)").ok, "nor does it end with its server"
    answers.append(kernel.run(ask).stdout)
    assert len({worker for two in answers for worker in ast.literal_eval(two)}) == 1


def test_so_does_one_of_an_app_in_memory(kernel):
    ask = """
        from fwlab import App
        from fwlab.lab.loading.memory import AppTransport
        shop = App()
        @shop.get("/worker", run_in="process")
        def worker(): return os.getpid()
        import os
        async with httpx.AsyncClient(transport=AppTransport(shop), base_url="http://app") as client:
            print([(await client.get("/worker")).text for _ in range(2)])
        """
    answers = [ast.literal_eval(kernel.run(ask).stdout) for _ in range(2)]
    assert len({pid for two in answers for pid in two}) == 1


def test_an_interrupt_ends_the_load_which_returns_what_it_has_and_the_server_lives(kernel, server):
    cell = kernel.run(INTERRUPTED + "(await load(other, '/', users=1, requests=5, warmup=0)).interrupted")
    assert cell.result.get("text/plain") == "True"
    assert kernel.run("(await get('/')).text, other.running").result["text/plain"] == "('hello', True)"


def test_so_does_a_load_in_a_process_of_its_own_which_the_interrupt_is_sent_to_as_well(kernel, server):
    everybody = INTERRUPTED.replace("os.kill(os.getpid(), ", "os.killpg(os.getpgid(0), ")  # as Jupyter sends it
    assert everybody != INTERRUPTED
    cell = kernel.run(
        everybody + "run = await load(other, '/', users=1, requests=5, warmup=0, where='process')\n"
        "run.interrupted, run.errors['interrupted'] + run.unsent"
    )
    assert cell.result.get("text/plain") == "(True, 5)"
    assert goes_on(kernel)


def test_an_interrupt_ends_a_cell_of_many_loads_at_the_next(kernel, server):
    loads = """
for number in range(3):
    run = await load(other, "/", users=1, requests=5, warmup=0)
    print("load", number)
"""
    cell = kernel.run(INTERRUPTED + loads)
    assert cell.stdout == "load 0\n"
    assert cell.error.startswith(("CancelledError", "KeyboardInterrupt"))
    assert kernel.run("run.interrupted, (await load(server, '/')).interrupted").result["text/plain"] == "(True, False)"


def test_a_short_load_says_nothing_but_its_result(kernel, server):
    cell = kernel.run("await load(server, '/', users=2, requests=4)")
    assert cell.stdout == cell.stderr == ""
    assert set(cell.result) == {"text/html", "text/plain"}


def test_a_task_that_nobody_awaits_is_shown_in_the_cell_that_runs(kernel, server):
    cell = kernel.run("response = await get('/task')", until="KeyError: 'a lost order'")
    assert "in work\n    raise KeyError" in cell.stderr


@pytest.mark.parametrize("where", ["thread", pytest.param("process", marks=POSIX)])
def test_a_server_elsewhere_prints_into_the_cell_that_runs_and_says_its_name(kernel, where):
    assert kernel.run(f"server = await serve(app, where='{where}', name='shop')").ok
    assert kernel.run("await get('/print')", until="printed").stdout == "[shop] printed by the handler\n"
    assert "printed" in kernel.run("httpx.get(server.url + '/print')", until="printed").stdout, "a cell that blocks"
    cell = kernel.run("(await get('/boom')).status_code", until="no burgers left")
    assert '[shop]     raise ValueError("no burgers left")\n' in cell.stderr, "with the text of the cell's line"
    assert "uvicorn" not in cell.stderr
    kernel.run("response = await get('/task')", until="[shop] KeyError: 'a lost order'\n")
    assert kernel.run("await server.stop()").ok
    assert goes_on(kernel)


@POSIX
def test_an_interrupt_leaves_worker_processes_alone(kernel):
    assert kernel.run("workers = await serve(app, where='process', name='workers', workers=2)").ok
    cell = kernel.run(INTERRUPTED_GROUP)
    assert cell.error.startswith(("CancelledError", "KeyboardInterrupt"))
    assert kernel.run("httpx.get(workers.url).text").result["text/plain"] == "'hello'"
    assert kernel.run("await workers.stop()").ok


INTERRUPTED_GROUP = """
import os, signal
os.killpg(os.getpgid(0), signal.SIGINT)  # as Jupyter does: to the whole group
await asyncio.sleep(1000)
"""

SERVE_ALL = """
from fwlab.lab import servers
loop = await serve(app, name="loop")
thread = await serve(app, name="thread", where="thread")
processes = await serve(app, name="processes", where="process", workers=2)
print(*(server.port for server in servers()), *processes.pids)
"""


@POSIX
@pytest.mark.parametrize("how", ["restart", "restart now", "SIGKILL"])
def test_a_kernel_that_goes_leaves_no_process_and_no_port(how):
    kernel = Kernel()
    try:
        *ports, first, second = map(int, kernel.run(SERVE_ALL).stdout.split())
        assert len(ports) == 3
        workers = [psutil.Process(first), psutil.Process(second)]
        if how == "SIGKILL":
            os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)  # the kernel alone, not its group
        else:
            kernel.manager.restart_kernel(now=how == "restart now")
        wait_until(lambda: not any(lives(worker) for worker in workers))
        wait_until(lambda: all(is_free(port) for port in ports))
    finally:
        kernel.close()
