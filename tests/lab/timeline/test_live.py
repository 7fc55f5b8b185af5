"""The live view: it fills while requests run, also while a cell blocks the loop; at most twenty messages a second."""

from __future__ import annotations

import json
import sys

import pytest
from jupyter_client.manager import KernelManager

from fwlab.lab import load, trace
from fwlab.lab.timeline import live

from .apps import fwlab_app
from .test_facts import traced_load


class Widget:
    """Stands for the browser's side: keeps what it is sent."""

    def __init__(self, **_):
        self.sent = []

    def __setattr__(self, name, value):
        if name == "view":
            self.sent.append(value)
        super().__setattr__(name, value)

    def _repr_mimebundle_(self, **_):
        return {"application/vnd.jupyter.widget-view+json": {}}, {}


@pytest.fixture
def widget(monkeypatch):
    made = Widget()
    monkeypatch.setattr(live, "has_widgets", lambda: True)
    monkeypatch.setattr(live, "_new_widget", lambda: made)
    return made


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(live, "_clock", clock)
    return clock


@pytest.mark.anyio
async def test_at_most_twenty_messages_a_second_and_the_last_one_in_any_case(widget, clock):
    app = fwlab_app()
    with trace(app) as timeline:
        view = live.Live(timeline, None)
        for _ in range(100):
            await load(app, "/wait", users=1, requests=1, warmup=0)
            clock.now += 0.01
            view.refresh()
        assert 15 <= len(widget.sent) <= 1 + 20
        view.refresh(last=True)
        before = len(widget.sent)
        clock.now += 10
        view.refresh()
    assert len(widget.sent) == before, "nothing new, and nothing sent"
    assert len(widget.sent[-1]["rows"]) == live.MOST_ROWS
    assert widget.sent[-1]["summary"].startswith("100 requests so far.")


def test_what_the_browser_gets_is_small_and_plain():
    timeline = traced_load(fwlab_app(), {"/loop": 1, "/thread": 4}, users=5, requests=200)
    view = live.view_of(timeline)
    assert len(json.dumps(view)) < 20_000
    newest = timeline.requests[-live.MOST_ROWS :]
    assert [row["label"] for row in view["rows"]] == [f"{request.number}  {request.path}" for request in newest]
    for row in view["rows"]:
        assert all(start <= end <= view["now"] for _, start, end in row["states"])


@pytest.mark.anyio
async def test_the_monitor_feeds_it_and_the_end_of_the_timeline_is_shown(widget):
    app = fwlab_app()
    with trace(app) as timeline:
        timeline.live()
        await load(app, "/wait", users=3, requests=3, warmup=0)
    assert [row["states"][-1][0] for row in widget.sent[-1]["rows"]] != []
    assert widget.sent[-1] == live.view_of(timeline)


def test_without_widgets_it_is_a_picture_or_words():
    assert not live.has_widgets()
    timeline = traced_load(fwlab_app(), "/wait", users=1, requests=1)
    data, _ = timeline.live()._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    with trace(fwlab_app()) as empty:
        data, _ = empty.live()._repr_mimebundle_()
    assert data["text/plain"].startswith("0 requests")


def test_a_page_that_cannot_show_it_has_words(widget):
    timeline = traced_load(fwlab_app(), "/wait", users=1, requests=1)
    data, _ = timeline.live()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"].startswith("1 request,")


SET_UP = """
import time, asyncio
from fwlab import App
from fwlab.lab import serve, load, trace
app = App()
@app.get("/wait")
async def wait():
    await asyncio.sleep(0.02)
server = await serve(app, where="thread")
opened = trace(app)
timeline = opened.__enter__()
"""
SHOW = "timeline.live()"
BLOCK = """
import threading
client = threading.Thread(target=lambda: asyncio.run(load(server.url, "/wait", users=2, requests=20)))
client.start()
client.join()   # the cell holds the kernel's loop until all are answered
"""


def test_in_a_kernel_it_fills_while_a_cell_blocks_the_loop():
    manager = KernelManager()
    manager.kernel_spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)

        def run(code):
            messages = []
            reply = client.execute_interactive(code, timeout=60, allow_stdin=False, output_hook=messages.append)
            assert reply["content"]["status"] == "ok", reply["content"].get("evalue")
            return messages

        run(SET_UP)
        [shown] = [m["content"]["data"] for m in run(SHOW) if m["msg_type"] == "execute_result"]
        assert "application/vnd.jupyter.widget-view+json" in shown
        updates = [m for m in run(BLOCK) if m["msg_type"] == "comm_msg"]
        views = [m["content"]["data"]["state"]["view"] for m in updates if "view" in m["content"]["data"]["state"]]
        assert len(views) > 1, "messages came before the cell was over"
        assert any(view["rows"] and len(view["rows"]) < 22 for view in views), "it filled"
        assert any(view["others"] for view in views), "that the cell holds the loop is shown while it does"
        # That another cell held the loop for longer may be: the one that loaded the widgets.
        end = "opened.__exit__(None, None, None); print(*(hold.owner for hold in timeline.blocked()), sep='\\n')"
        [told] = [m["content"]["text"] for m in run(end) if m["msg_type"] == "stream"]
        assert "the cell In[3] line 4" in told.splitlines()
        run("await server.stop()")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
