"""Guesses: each is compared with what was measured; beliefs are told by their own names."""

from __future__ import annotations

import pytest

from fwlab.grading import Answer, Finding, Guesses, guesses_in, task


def make(truth, **options):
    @task("e50.1", title="Guess", points=2)
    def guess(answer):
        return guesses_in(answer, "guesses")

    guesses = Guesses(guess, lambda: truth, to_try="Try it.", **options)
    return guess, guesses


def judged(guess, said):
    return guess.judge(Answer({"guesses": said}, {}))


WORDS = {"a": "blocks", "b": "pauses", "c": "pauses", "d": "nothing"}


def test_true_guesses_are_right():
    guess, _ = make(WORDS, options=("blocks", "pauses", "nothing"))
    assert judged(guess, dict(WORDS)) is None


def test_numbers_may_be_near():
    guess, _ = make({"a": 0.1 + 0.2})
    assert judged(guess, {"a": 0.3}) is None
    assert judged(guess, {"a": 0.4}).diagnosis == "each-is-true"


@pytest.mark.parametrize(
    ("said", "diagnosis"),
    [
        ({"a": "blocks", "b": ...}, "not-filled-in"),
        ({**WORDS, "a": None}, "not-filled-in"),
        ({**WORDS, "a": "block"}, "another-word"),
        ({**WORDS, "a": "nothing"}, "each-is-true"),
    ],
)
def test_what_is_wrong_is_told(said, diagnosis):
    guess, _ = make(WORDS, options=("blocks", "pauses", "nothing"))
    finding = judged(guess, said)
    assert finding.diagnosis == diagnosis
    assert finding.points == 0


def test_what_is_not_filled_in_is_only_partly_done():
    guess, _ = make(WORDS, options=("blocks", "pauses", "nothing"))
    assert judged(guess, {"a": "blocks", "b": ...}).unfinished
    assert not judged(guess, {**WORDS, "a": "block"}).unfinished


def test_one_wrong_guess_is_one():
    guess, _ = make({"a": 1, "b": 2, "c": 3})
    assert judged(guess, {"a": 1, "b": 2, "c": 4}).seen == "1 of 3 is not so; look at `c`"
    assert judged(guess, {"a": 1, "b": 1, "c": 1}).seen == "2 of 3 are not so; the first of them is `b`"


def test_no_number_is_told():
    guess, _ = make({"a": 1.0})
    assert judged(guess, {"a": "one"}).diagnosis == "no-number"


def test_a_belief_is_told_and_half_of_the_points_are_given_for_two_mistakes_at_most():
    guess, guesses = make(WORDS, options=("blocks", "pauses", "nothing"))
    guesses.believes("a", ("pauses", "nothing"), "it-pauses", "Seen.", "Where?")
    finding = judged(guess, {**WORDS, "a": "pauses"})
    assert (finding.diagnosis, finding.seen, finding.to_try, finding.points) == ("it-pauses", "Seen.", "Where?", 1)
    assert judged(guess, {"a": "pauses", "b": "blocks", "c": "blocks", "d": "nothing"}).points == 0


def test_what_is_no_dict_cannot_be_judged():
    guess, _ = make(WORDS)
    assert "is of type list" in judged(guess, ["blocks"]).seen
    with pytest.raises(Finding):
        guesses_in(Answer({}, {}), "guesses")
