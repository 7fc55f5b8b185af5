"""The burger story: where each customer was, drawn the same each time, and readable for everybody."""

from __future__ import annotations

import html
import re
import time
import xml.etree.ElementTree as ET

import anyio
import pytest

from fwlab import App
from fwlab.course.burgers import burgers, plot_break_even
from fwlab.course.burgers.story import Stay, _joined, _lasting, _lined_up
from fwlab.lab import LabError, burn, load, trace, virtual

app = App()


@app.get("/numbers")
async def numbers():
    burn(0.02)
    await anyio.sleep(0.4)


@app.get("/counters")
def counters():
    time.sleep(0.4)


def told(path, customers, workers=8):
    async def visit():
        anyio.to_thread.current_default_thread_limiter().total_tokens = workers
        with trace(app) as timeline:
            await load(app, path, users=customers, requests=customers, warmup=0)
        return timeline

    return burgers(virtual(visit))


def test_one_cashier_serves_one_at_a_time_while_the_others_sit():
    story = told("/numbers", 8).story
    assert (story.counters, story.most_at("cashier"), story.most_at("table")) == (0, 1, 8)
    assert [stay.place for stay in story.customers[2].stays] == ["line", "cashier", "table"]
    assert story.seconds == pytest.approx(8 * 0.02 + 0.4)


def test_cashiers_who_cook_have_a_customer_each_and_the_others_stand_in_line():
    story = told("/counters", 12).story
    assert (story.counters, story.most_at("counter"), story.most_at("table")) == (8, 8, 0)
    assert [stay.place for stay in story.customers[8].stays] == ["line", "counter"]
    assert len({c.stays[-1].counter for c in story.customers[:8]}) == 8


def test_the_same_visit_gives_the_same_bytes():
    assert told("/numbers", 3).to_html() == told("/numbers", 3).to_html()
    assert told("/numbers", 3).to_html() != told("/numbers", 4).to_html()


@pytest.mark.parametrize("path", ["/numbers", "/counters"])
def test_both_pictures_are_whole_and_can_be_read_aloud(path):
    shown = told(path, 9)
    for svg in (shown.svg, shown.moving):
        root = ET.fromstring(svg)
        words = root.find("{http://www.w3.org/2000/svg}desc")
        assert words is not None
        assert "Customer 9" in (words.text or "")
        assert root.get("role") == "img"
    assert "<animate" not in shown.svg


def test_the_animation_has_its_times_in_order_and_a_value_for_each():
    root = ET.fromstring(told("/counters", 20).moving)
    moved = [node for node in root.iter() if "animate" in node.tag]
    assert len(moved) > 20
    for node in moved:
        times = [float(time) for time in node.attrib["keyTimes"].split(";")]
        assert times == sorted(times)
        assert times[0] == 0
        assert times[-1] <= 1
        assert len(times) == len(node.attrib["values"].split(";"))


def test_at_the_moment_when_a_stay_begins_the_customer_is_there():
    shown = told("/numbers", 2)
    walk = next(node for node in ET.fromstring(shown.moving).iter() if node.tag.endswith("animateTransform"))
    there = dict(zip(walk.attrib["keyTimes"].split(";"), walk.attrib["values"].split(";"), strict=True))
    begins = 0.02 / shown.story.seconds * 10 / 12  # plays for ten seconds of twelve
    assert there[f"{begins:.4f}"] == there["1.0000"] == "460 212", "customer 1 sits, and stays there"


def test_nothing_comes_from_elsewhere():
    page = told("/numbers", 2).to_html()
    assert "://" not in page
    assert re.findall(r"(?:src|href)=\"(?!data:image/svg)[^\"]*", page) == []


def test_where_pictures_and_scripts_are_taken_out_the_sentences_stay():
    """As JupyterLab, GitHub and others do with a notebook that is not trusted; no loose label of a drawing is left."""
    shown = told("/numbers", 2)
    bare = re.sub(r" (?:src|srcdoc|style)=(?:\"[^\"]*\"|'[^']*')", "", shown.to_html())
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", bare)).split())
    assert text == " ".join(
        [shown.story.summary(), "Six moments, standing still", "In sentences", *shown.story.sentences()]
    )


def test_what_cannot_be_drawn_is_refused_with_the_reason():
    with trace(app) as timeline:
        pass
    with pytest.raises(LabError, match="there are 0"):
        burgers(timeline)
    with pytest.raises(LabError, match="there are 25"):
        told("/numbers", 25)


def test_the_break_even_has_a_line_a_shop_and_says_who_is_first():
    figure = plot_break_even([0, 10, 20], {"one": [1, 2, 3], "eight": [2, 2, 2]})
    [axes] = figure.figure.axes
    assert [list(line.get_ydata()) for line in axes.lines] == [[1, 2, 3], [2, 2, 2]]
    assert figure.alt.endswith("At 0 % work, one is done first; at 20 %, eight.")
    with pytest.raises(LabError, match="'one' needs a time for each of 3 shares"):
        plot_break_even([0, 10, 20], {"one": [1, 2]})
    with pytest.raises(LabError, match="not 0"):
        plot_break_even([0], {})


def test_moments_that_nobody_could_see_are_told_with_what_was_before():
    stays = [Stay("line", 0, 0.002), Stay("cashier", 0.002, 0.0025), Stay("line", 0.0025, 0.1)]
    stays += [Stay("counter", 0.1, 0.5)]
    stays += [Stay("table", 0.5, 0.5001), Stay("cashier", 0.5001, 0.501)]
    assert _joined(_lasting(stays, 0.005)) == [Stay("line", 0, 0.1), Stay("counter", 0.1, 0.501)]
    before = [Stay("table", 0, 0.1), Stay("cashier", 0.1, 0.2), Stay("counter", 0.2, 0.5), Stay("table", 0.5, 0.6)]
    assert [stay.place for stay in _lined_up(before)] == ["line", "cashier", "counter", "table"]
    assert _lasting([Stay("cashier", 0, 0)], 0.005) == [Stay("cashier", 0, 0)]
