"""Every quiz of the course: questions that cannot be answered by habit, and figures that are measured."""

from __future__ import annotations

import re
import time
from collections import Counter

import anyio
import pytest

from fwlab import App
from fwlab.grading.questions.quiz_file import find_quiz, quiz_files
from fwlab.lab import burn, load, virtual

QUIZZES = {name: find_quiz(name) for name in quiz_files()}
every_quiz = pytest.mark.parametrize("name", QUIZZES)


def right(question):
    return [number for number, option in enumerate(question.option, 1) if option.right]


@every_quiz
def test_each_option_has_a_reason_of_its_own(name):
    reasons = [option.reason for question in QUIZZES[name].question for option in question.option]
    assert len(set(reasons)) == len(reasons)
    assert all(len(question.option) >= 3 for question in QUIZZES[name].question)


@every_quiz
def test_no_place_and_no_length_gives_the_right_options_away(name):
    questions = QUIZZES[name].question
    places = Counter(place for question in questions for place in right(question))
    assert max(places.values()) <= 3
    longest = [max(question.option, key=lambda option: len(option.text)).right for question in questions]
    assert sum(longest) < len(questions)


# --- figures -------------------------------------------------------------------------------------------------------


def last_of(customers, handler, *, cores=2, **options):
    """Return after how many virtual seconds the last of so many customers is served, who come at once."""
    app = App()
    app.get("/", **options)(handler)
    run = virtual(lambda: load(app, "/", users=customers, requests=customers, warmup=0), cores=cores)
    return max(run.response_times)


async def sleeps_50_ms_on_the_loop():
    time.sleep(0.05)


async def pauses_half_a_second():
    await anyio.sleep(0.5)


async def rings_up_and_grills():
    burn(0.02)
    await anyio.sleep(0.4)


async def stands_at_the_grill():
    burn(0.02)
    time.sleep(0.4)


def computes_50_ms():
    burn(0.05)


def waits_half_a_second():
    time.sleep(0.5)


MEASURED = {
    ("q01", "ten-at-once"): lambda: last_of(10, sleeps_50_ms_on_the_loop),
    ("q02", "twenty-waits"): lambda: last_of(20, pauses_half_a_second),
    ("q05", "nine-customers"): lambda: last_of(9, rings_up_and_grills) - last_of(8, rings_up_and_grills),
    ("q05", "at-the-grill"): lambda: last_of(8, stands_at_the_grill),
    ("q07", "four-in-threads"): lambda: last_of(4, computes_50_ms, cores=4),
    ("q07", "four-in-processes"): lambda: last_of(4, computes_50_ms, cores=2, run_in="process"),
    ("q09", "rounds"): lambda: last_of(121, waits_half_a_second),
}


@pytest.mark.parametrize(("name", "question"), MEASURED)
def test_what_is_said_to_take_so_long_takes_so_long(name, question):
    [asked] = [one for one in QUIZZES[name].question if one.id == question]
    [true] = [option.text for option in asked.option if option.right]
    number, unit = re.search(r"([\d.]+) (ms|s)", true).groups()
    seconds = float(number) / (1000 if unit == "ms" else 1)
    assert MEASURED[name, question]() == pytest.approx(seconds, rel=0.02)


def test_one_cashier_takes_as_long_as_the_question_says():
    [asked] = [one for one in QUIZZES["q05"].question if one.id == "one-cashier"]
    assert f"{last_of(8, rings_up_and_grills):.2f} s" in asked.text
