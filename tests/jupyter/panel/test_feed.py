"""What the page is told: what is new, about what it wants to know, as long as it listens."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx
import pytest

from fwlab import App
from fwlab.jupyter.panel import comms, kept_timeline
from fwlab.jupyter.panel.feed import PATIENCE, Feed
from fwlab.jupyter.panel.loop_watch import LoopWatch
from fwlab.lab import LabError, serve


class Page:
    """A page that is told things by a feed, which looks when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.messages: list[dict[str, Any]] = []
        self.facts: dict[str, Any] = {}
        watch = LoopWatch(asyncio.get_running_loop(), threading.get_ident(), lambda: self.now)
        self.feed = Feed(self._told, watch, lambda: self.now)

    def look(self, later: float = 0.0) -> dict[str, Any]:
        """Let the feed look; return all that the page knows then."""
        self.now += later
        self.feed.look()
        return self.facts

    def _told(self, news: dict[str, Any]) -> None:
        self.messages.append(news)
        self.facts |= news


@pytest.fixture
def app() -> App:
    app = App(title="Burger shop")

    @app.get("/burgers")
    async def burgers() -> list[str]:
        return ["classic"]

    @app.get("/boom")
    def boom() -> None:
        raise ValueError("no burgers left")

    return app


async def get(url: str, path: str) -> int:
    async with httpx.AsyncClient(base_url=url) as client:
        return (await client.get(path)).status_code


@pytest.mark.anyio
async def test_only_news_is_sent() -> None:
    page = Page()
    page.look()
    await asyncio.sleep(0)
    page.look()
    assert page.messages == [{"loop": {"lag": 0, "blocked": 0.0, "by": ""}, "servers": []}]


@pytest.mark.anyio
async def test_a_server_says_what_it_does(app: App) -> None:
    page = Page()
    async with serve(app, name="shop") as server:
        page.look()
        assert await get(server.url, "/burgers") == 200
        assert await get(server.url, "/boom") == 500
        (shop,) = page.look(later=1.0)["servers"]
    assert (shop["name"], shop["app"], shop["url"], shop["docs"]) == ("shop", "Burger shop", server.url, "offline-docs")
    assert (shop["served"], shop["failed"], shop["inFlight"], shop["rate"]) == (2, 1, 0, 2.0)
    assert page.look()["servers"] == []


@pytest.mark.anyio
async def test_timelines_and_routes_are_told_to_who_wants_them(app: App) -> None:
    page = Page()
    async with serve(app, name="shop") as server:
        assert {"timelines", "routes"}.isdisjoint(page.look())
        page.feed.heard(["timelines", "routes"])
        page.look(later=1.0)
        await get(server.url, "/burgers")
        facts = page.look(later=1.0)
        assert [row["label"] for row in facts["timelines"]["shop"]["rows"]] == ["1  /burgers"]
        assert [(route["path"], route["lane"]) for route in facts["routes"]["shop"]] == [
            ("/burgers", "loop"),
            ("/boom", "thread"),
        ]
        assert "The plan of handler 'boom'" in facts["routes"]["shop"][1]["plan"]

        @app.get("/fries")
        async def fries() -> None: ...

        assert [route["path"] for route in page.look(later=1.0)["routes"]["shop"]][-1] == "/fries"
        page.feed.heard([])
        page.look()
        assert await get(server.url, "/burgers") == 200
    page.look()


@pytest.mark.anyio
async def test_a_timeline_is_kept_and_another_begins(app: App) -> None:
    page = Page()
    page.feed.heard(["timelines"])
    async with serve(app, name="shop") as server:
        page.look()
        await get(server.url, "/burgers")
        page.feed.keep("shop")
        page.feed.keep("another")
        number = page.look()["kept"]
        assert [request.path for request in kept_timeline(number).requests] == ["/burgers"]
        assert page.look(later=1.0)["timelines"]["shop"]["rows"] == []
        page.feed.heard([])
        page.look()
    with pytest.raises(LabError, match=f"No timeline {number + 1} is kept: this kernel has .*{number}"):
        kept_timeline(number + 1)


@pytest.mark.anyio
async def test_a_page_that_is_gone_is_told_nothing_until_it_is_back(app: App) -> None:
    page = Page()
    page.feed.heard(["timelines"])
    async with serve(app) as server:
        page.look()
        before = len(page.messages)
        await get(server.url, "/burgers")
        page.look(later=PATIENCE + 1)
        assert len(page.messages) == before
        page.feed.heard(None)
        page.look()
        assert len(page.messages) > before
    page.feed.heard([])
    page.look()


@pytest.mark.anyio
async def test_a_page_of_another_version_asks_in_vain() -> None:
    comms.answer({"here": "nobody", "wants": ["weather"], "keep": "it", "stop": "none"}, asyncio.get_running_loop())


@pytest.mark.anyio
async def test_a_server_is_stopped_from_another_thread(app: App) -> None:
    server = await serve(app, name="shop")
    question = {"stop": "shop"}
    await asyncio.to_thread(comms.answer, question, asyncio.get_running_loop())
    while server.running:
        await asyncio.sleep(0)
    await server.stop()
