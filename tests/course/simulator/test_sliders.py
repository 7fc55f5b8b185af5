"""The sliders' Python side: what a page is told for what it says, and what stands there without widgets."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from fwlab.course.simulator import World, simulator, sliders


def test_without_widgets_it_is_the_timeline_with_its_text_alternative():
    shown, metadata = simulator("thread", users=3, wait=100, work=0, threads=1)._repr_mimebundle_()
    assert set(shown) == {"image/png", "text/plain"}
    assert "2 requests waited for one of 1 thread token" in shown["text/plain"]
    assert metadata["image/png"]["alt"] == shown["text/plain"]


def test_what_is_turned_is_run_and_drawn_anew():
    turned = simulator(users=3, wait=100, work=0)
    picture = turned.turn({"handler": "blocks", "users": 2, "wait": 50, "work": 0})
    assert turned.world == World("blocks", users=2, wait=50, work=0)
    assert b64decode(picture["png"]).startswith(b"\x89PNG")
    assert picture["alt"].startswith("Timeline, a row for each request. 2 requests")
    assert picture["says"].endswith("the first has an answer after 50 ms, the last after 100 ms.")


def test_what_cannot_be_is_said_and_changes_nothing():
    stays = simulator(users=3)
    assert stays.turn({"users": 1000}) == {"says": "users is a whole number from 1 to 20, and not 1000."}
    assert stays.world == World(users=3)


def test_with_widgets_a_page_gets_the_sliders_and_the_picture(monkeypatch: pytest.MonkeyPatch):
    messages: list[Any] = []

    class Widget:
        def __init__(self, **traits: Any) -> None:
            vars(self).update(traits)
            messages.append(self)

        def on_msg(self, callback: Any) -> None:
            self.told = callback

        def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
            return {"application/vnd.jupyter.widget-view+json": {}}

    monkeypatch.setattr(sliders, "has_widgets", lambda: True)
    monkeypatch.setattr(sliders, "widget_class", lambda: Widget)
    shown, _ = simulator(users=2, wait=100, work=0)._repr_mimebundle_()
    assert set(shown) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    [widget] = messages
    assert widget.world["users"] == 2
    widget.told(widget, {"users": 1, "wait": 30, "work": 0}, [])
    assert widget.picture["says"] == "1 customer (def): the answer is there after 30 ms."
