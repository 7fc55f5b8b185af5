"""A guess is stored, and the next run shows it beside what it measured. In virtual time, so the figures are exact."""

from __future__ import annotations

import asyncio

import pytest

from fwlab import App
from fwlab.grading import GradingError, check, predict
from fwlab.grading.learner.progress_file import NAME
from fwlab.lab import LoadError, Run, load, sweep, virtual

QUESTION = "41 users: how long does the slowest wait?"
CHOICES = ["50 ms", "100 ms", "2 s"]

app = App()


@app.get("/io")
async def io():
    await asyncio.sleep(0.1)


def run() -> Run:
    return virtual(lambda: load(app, "/io", users=41, requests=41))


@pytest.fixture(autouse=True)
def nobody_waits(home):
    """No guess is left over from another test."""
    run()


def test_the_next_run_shows_the_guess_beside_the_measured_value(remembered):
    guessing = predict(QUESTION, CHOICES, of="max", guess="2 s")
    assert guessing.guess == "2 s"
    after = run()
    [prediction] = after.predictions
    assert (prediction.guess, prediction.measured, prediction.closest) == ("2 s", "100.0 ms", "100 ms")
    assert f"max = 100.0 ms; your guess was 2 s; 100 ms was closest. ({QUESTION})" in str(after)
    assert "your guess was 2 s" in after._repr_html_()
    assert str(prediction) == f"{QUESTION}\nmax = 100.0 ms; your guess was 2 s; 100 ms was closest."
    known = remembered()["predictions"][QUESTION]
    assert known.items() >= {"guess": "2 s", "of": "max", "measured": "100.0 ms", "closest": "100 ms"}.items()
    assert run().predictions == (), "only the next"


def test_a_good_guess_is_told_so():
    predict(QUESTION, CHOICES, of="max", guess="100 ms")
    assert "your guess was 100 ms, and no choice was closer" in str(run())


def test_before_the_run_the_guess_is_stored_already(remembered):
    predict(QUESTION, CHOICES, guess="50 ms")
    assert remembered()["predictions"][QUESTION]["guess"] == "50 ms"
    assert remembered()["predictions"][QUESTION]["measured"] == ""


def test_a_guess_may_be_changed_until_the_run_and_not_after(remembered):
    guessing = predict(QUESTION, CHOICES, of="max", guess="50 ms")
    item = guessing.items[0]
    guessing.reply(item, ["b"])
    run()
    assert "The run has been" in guessing.reply(item, ["a"]).message
    assert remembered()["predictions"][QUESTION]["guess"] == "100 ms"


def test_who_made_no_guess_sees_the_measured_value_all_the_same(home):
    predict(QUESTION, CHOICES, of="max", plain=False)
    assert "max = 100.0 ms; you made no guess; 100 ms was closest." in str(run())
    assert not (home / NAME).exists()


def test_the_same_question_asked_again_is_asked_once():
    for guess in ("50 ms", "2 s"):
        predict(QUESTION, CHOICES, of="max", guess=guess)
    assert [prediction.guess for prediction in run().predictions] == ["2 s"]


def test_several_questions_about_one_run():
    predict("How many requests a second?", [10, 41, 410], of="rps", guess=410)
    predict("How many fail?", ["none", "some"], of="errors", guess="none")
    first, second = run().predictions
    assert (first.measured, first.closest) == ("410 requests/s", "410")
    assert (second.measured, second.closest) == ("0", ""), "what is no quantity is not compared"


def test_a_guess_about_one_of_two_runs_at_the_same_time_is_not_taken_by_the_other():
    @app.get("/health")
    async def health(): ...

    async def both() -> list[Run]:
        return await asyncio.gather(*(load(app, path, users=1, requests=1, warmup=0) for path in ("/health", "/io")))

    predict(QUESTION, CHOICES, of="max", about="/io", guess="100 ms")
    quick, slow = virtual(both)
    assert quick.predictions == ()
    assert [prediction.measured for prediction in slow.predictions] == ["100.0 ms"]


def test_a_figure_that_the_run_does_not_support_says_why():
    predict(QUESTION, CHOICES, of="p95", guess="2 s")
    [prediction] = run().predictions
    assert "needs 200 successful requests" in prediction.measured
    assert prediction.closest == ""


def test_a_check_and_a_sweep_let_it_wait():
    predict(QUESTION, CHOICES, of="max", guess="2 s")
    virtual(lambda: sweep(app, "/io", users=[1, 2], requests=2))
    checked = {"double": lambda n: virtual(lambda: load(app, "/io", users=1, requests=1)) and 2 * n}
    assert check("e50", namespace=checked).tasks[0].points == 2
    assert len(run().predictions) == 1


def test_a_saved_run_keeps_it():
    predict(QUESTION, CHOICES, of="max", guess="2 s")
    after = run()
    assert Run.from_json(after.to_json()) == after


def test_it_is_asked_by_letter_where_there_is_no_widget(monkeypatch):
    answers = iter(["c"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    assert predict(QUESTION, CHOICES, plain=True).guess == "2 s"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"options": ["1 s"]}, "from two to eight options that differ"),
        ({"options": ["1 s", "1 s"]}, "from two to eight options that differ"),
        ({"options": range(9)}, "from two to eight options that differ"),
        ({"options": CHOICES, "guess": "3 s"}, "none of the options 50 ms, 100 ms, 2 s"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments, message):
    with pytest.raises(GradingError, match=message):
        predict(QUESTION, **arguments)
    assert run().predictions == ()


def test_a_figure_that_does_not_exist_is_refused_when_it_is_asked_for():
    with pytest.raises(LoadError, match="no figure 'speed'"):
        predict(QUESTION, CHOICES, of="speed", guess="2 s")
    assert run().predictions == ()
