"""How a task judges: expectations first, diagnoses only when one of them fails, the first that knows wins."""

from __future__ import annotations

import pytest

from fwlab.grading import Answer, Failure, Finding, task

ANSWER = Answer({"n": 6}, {})


def make_task():
    @task("e50.1", title="Be odd", points=1)
    def number(answer):
        return answer.require("n")

    return number


def test_an_answer_that_meets_all_expectations_is_right():
    number = make_task()

    @number.expect(to_try="Count again.")
    def it_is_even(n, answer):
        assert n % 2 == 0

    assert (number.id, number.title, number.points) == ("e50.1", "Be odd", 1)
    assert number.judge(ANSWER) is None


def test_a_task_without_expectations_finds_nothing_wrong():
    assert make_task().judge(ANSWER) is None


def test_the_first_expectation_that_fails_is_told_when_no_diagnosis_knows():
    number = make_task()

    @number.expect(to_try="Count again.")
    def it_is_odd(n, answer):
        assert n % 2, f"{n} is even."

    @number.expect(to_try="Count more.")
    def it_is_large(n, answer):
        assert n > 100, f"{n} is small."

    @number.diagnose
    def nobody_knows(n, answer):
        return None

    finding = number.judge(ANSWER)
    assert finding.seen.startswith("6 is even.")  # pytest adds to it
    assert (finding.to_try, finding.points) == ("Count again.", 0)
    assert finding.diagnosis == "it-is-odd"


def test_the_first_diagnosis_that_knows_is_told():
    number = make_task()
    asked = []

    @number.expect(to_try="Count again.")
    def it_is_odd(n, answer):
        assert n % 2

    @number.diagnose
    def not_this(n, answer):
        asked.append("first")

    @number.diagnose
    def it_is_six(n, answer):
        asked.append("second")
        return Finding("It is 6.", "Try 7.", points=1)

    @number.diagnose
    def too_late(n, answer):
        asked.append("third")

    finding = number.judge(ANSWER)
    assert (finding.diagnosis, finding.points) == ("it-is-six", 1)
    assert asked == ["first", "second"]


def test_a_right_answer_is_not_diagnosed():
    number = make_task()

    @number.diagnose
    def always(n, answer):
        pytest.fail("nobody asked")

    assert number.judge(ANSWER) is None


def test_a_diagnosis_may_be_the_learners_own_exception():
    number, failure = make_task(), Failure("KeyError", "'bun'", "KeyError: 'bun'")

    @number.expect(to_try="Count again.")
    def it_is_odd(n, answer):
        assert n % 2

    @number.diagnose
    def it_raised(n, answer):
        return failure

    assert number.judge(ANSWER) is failure


def test_an_experiment_that_cannot_begin_is_a_finding():
    finding = make_task().judge(Answer({}, {}))
    assert finding.diagnosis == "missing-name"
    assert "`n`" in finding.seen


def test_a_finding_of_the_experiment_has_its_name():
    @task("e50.2", title="Begin", points=1)
    def never_begins(answer):
        raise Finding("Nothing there.", "Begin.")

    assert never_begins.judge(ANSWER).diagnosis == "never-begins"
