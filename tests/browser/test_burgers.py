"""The burger story in motion, in a real browser: it can be held, moved through by keyboard, and kept still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import anyio
import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from fwlab import App
from fwlab.course.burgers import burgers
from fwlab.lab import burn, load, trace, virtual

app = App()


@app.get("/")
async def order() -> None:
    burn(0.02)
    await anyio.sleep(0.4)


@pytest.fixture(scope="module")
def story() -> str:
    async def visit():
        with trace(app) as timeline:
            await load(app, users=8, requests=8, warmup=0)
        return timeline

    return burgers(virtual(visit)).to_html()


@pytest.fixture
def play(browser: Browser, story: str) -> Iterator[Callable[..., FrameLocator]]:
    """A function that shows the story in a page of its own and returns the part that moves."""
    opened = []

    def play_(*, motion: Literal["reduce", "no-preference"] = "no-preference", scripts: bool = True) -> FrameLocator:
        opened.append(browser.new_context(reduced_motion=motion, java_script_enabled=scripts))
        page = opened[-1].new_page()
        page.set_content(story)
        return page.frame_locator("iframe")

    yield play_
    for context in opened:
        context.close()


WHERE = "svg => [...svg.querySelectorAll('g')].map(g => g.getBoundingClientRect().x).join()"

FILL_OF_LAST = "svg => getComputedStyle([...svg.querySelectorAll('g > circle')].at(-1)).fill"


def test_it_moves_until_it_is_held_and_goes_on_from_there(play: Callable[..., FrameLocator]) -> None:
    shop = play()
    stage, slider, clock = shop.locator("svg"), shop.get_by_role("slider"), shop.locator("output")
    expect(clock).not_to_have_text("0 ms")
    shop.get_by_role("button", name="Pause").click()
    held, at = stage.evaluate(WHERE), slider.input_value()
    stage.evaluate("() => new Promise(done => setTimeout(done, 200))")  # it would have moved
    assert stage.evaluate(WHERE) == held
    shop.get_by_role("button", name="Play").click()
    expect(shop.get_by_role("button")).to_have_text("Pause")
    expect(slider).not_to_have_value(at)


def test_any_moment_can_be_looked_at_by_keyboard_alone(play: Callable[..., FrameLocator]) -> None:
    shop = play()
    slider = shop.get_by_role("slider", name="Moment of the story")
    slider.press("End")
    expect(shop.locator("output")).to_have_text("560 ms")
    expect(slider).to_have_attribute("aria-valuetext", "560 ms")
    expect(shop.get_by_role("button")).to_have_text("Play")
    last = shop.locator("svg").evaluate(FILL_OF_LAST)
    slider.press("Home")
    expect(shop.locator("output")).to_have_text("0 ms")
    first = shop.locator("svg").evaluate(FILL_OF_LAST)
    assert (last, first) == ("rgb(0, 102, 74)", "rgb(255, 255, 255)"), "customer 8 is served, and then in line again"


def test_who_wants_no_motion_finds_it_held_at_its_beginning(play: Callable[..., FrameLocator]) -> None:
    shop = play(motion="reduce")
    expect(shop.locator("output")).to_have_text("0 ms")
    expect(shop.get_by_role("button")).to_have_text("Play")
    expect(shop.locator("svg")).to_be_visible()
    shop.get_by_role("button").click()
    expect(shop.locator("output")).not_to_have_text("0 ms")


def test_who_wants_no_motion_and_has_no_scripts_sees_none(play: Callable[..., FrameLocator]) -> None:
    expect(play(motion="reduce", scripts=False).locator("svg")).to_be_hidden()
    expect(play(scripts=False).locator("svg")).to_be_visible()
