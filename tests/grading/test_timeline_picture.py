"""Two timelines as a picture: bars on one scale, and the same in words for those who do not see it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from fwlab.course.activities import Activity
from fwlab.grading.exercise import find_exercise
from fwlab.grading.recording import Recording
from fwlab.grading.timeline_picture import in_words, picture
from fwlab.grading.verify import trials

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def one_by_one():
    """The verdict on lunch, made one after the other."""
    exercise = find_exercise("e02")
    [trial] = [one for one in trials(exercise) if "one_by_one" in one.name and "gathered" not in one.name]
    return trial.verdict(exercise)


def test_a_verdict_on_behavior_has_a_picture_that_tells_both_sides(one_by_one):
    drawn = ElementTree.fromstring(one_by_one.picture)
    assert drawn.get("role") == "img"
    assert "Yours: " in drawn.get("aria-label")
    assert "Expected: " in drawn.get("aria-label")
    titles = [text.text for text in drawn.iter(f"{SVG}text") if text.get("font-weight") == "bold"]
    assert titles == ["yours", "expected"]


def test_a_notebook_shows_the_picture_and_keeps_the_text(one_by_one):
    shown = one_by_one._html()
    assert one_by_one.picture in shown
    assert "<details><summary>The same as text</summary><pre" in shown


def test_it_is_drawn_the_same_again():
    exercise = find_exercise("e02")
    [trial] = [one for one in trials(exercise) if "one_by_one" in one.name and "gathered" not in one.name]
    assert trial.verdict(exercise).picture == trial.verdict(exercise).picture


def test_what_takes_twice_as_long_is_twice_as_wide_on_both_sides():
    def bars(drawn):
        return [
            float(bar.get("width"))
            for bar in ElementTree.fromstring(drawn).iter(f"{SVG}rect")
            if bar.get("style") == "fill: #0072b2"
        ]

    def recording(seconds):
        return Recording([Activity("bake", begin=0.0, end=seconds, lane="loop", thread=1)], seconds=seconds)

    slow, fast = bars(picture(recording(0.8), recording(0.4)))
    assert slow == 2 * fast


def test_names_have_the_room_that_they_need():
    def recording(name):
        return Recording([Activity(name, begin=0.0, end=0.1, lane="thread", thread=2)], seconds=0.1)

    name = "ask supplier for salad"
    drawn = ElementTree.fromstring(picture(recording(name), recording("ask")))
    assert f"{name} (thread)" in [text.text for text in drawn.iter(f"{SVG}text")]
    assert float(drawn.get("width")) > float(
        ElementTree.fromstring(picture(recording("ask"), recording("ask"))).get("width")
    )


def test_both_drawings_say_what_their_signs_mean(one_by_one):
    texts = [text.text for text in ElementTree.fromstring(one_by_one.picture).iter(f"{SVG}text")]
    assert texts[-4:] == ["on the loop", "in a thread", "the loop is held", "free"]
    assert one_by_one.timelines.splitlines()[-1] == "█ on the loop   · the loop is free"


def test_names_are_text_whatever_is_in_them():
    recording = Recording([Activity('GET /<b>"x"', begin=0.0, end=0.1, lane="thread", thread=2)], seconds=0.1)
    drawn = ElementTree.fromstring(picture(recording, recording))
    assert 'GET /<b>"x"' in drawn.get("aria-label")
    assert in_words(recording) == '0.1 s in all; GET /<b>"x" (thread) from 0 to 0.1 s.'


def test_a_crowd_is_cut_short():
    many = Recording([Activity(f"nap {n}", begin=0.0, end=1.0, lane="loop", thread=1) for n in range(40)], seconds=1.0)
    texts = [text.text for text in ElementTree.fromstring(picture(many, many)).iter(f"{SVG}text")]
    assert texts.count("and 29 more") == 2
    assert [texts.count(name) for name in ("nap 0", "nap 1", "nap 39")] == [2, 0, 2], "from the first to the last"
