"""Two memories become one: in any order, any number of times, and nothing better is lost for something worse."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fwlab.grading.learner.records import (
    Choice,
    PredictionRecord,
    Progress,
    QuestionRecord,
    Result,
    SolutionSeen,
    TaskRecord,
)

# A memory has many parts; how long it takes to invent one says nothing about it.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

moments = st.integers(0, 5).map(lambda second: f"2026-01-01T00:00:0{second}Z")
counts = st.integers(0, 3)
unknown = st.dictionaries(st.sampled_from(["mood", "team"]), st.integers(0, 2) | st.text(max_size=2), max_size=2)
results = st.builds(
    lambda worth, at, diagnosis: Result(state=worth[0], points=worth[1], out_of=2, at=at, diagnosis=diagnosis),
    st.sampled_from([("wrong", 0), ("partly done", 1), ("right", 2), ("a state of next year", 1)]),
    moments,
    st.sampled_from(["", "they-queue"]),
)
solutions = st.builds(SolutionSeen, at=moments, insisted=st.booleans())
tasks = st.builds(
    lambda more, **known: TaskRecord(**known, **more),
    unknown,
    best=st.none() | results,
    last=st.none() | results,
    checks=counts,
    hints=counts,
    solution=st.none() | solutions,
    resets=counts,
)
choices = st.builds(Choice, chosen=st.lists(st.sampled_from("abc"), max_size=2), right=st.booleans(), at=moments)
questions = st.builds(QuestionRecord, first=choices, last=choices, tries=counts, right=st.booleans())
predictions = st.builds(
    PredictionRecord, guess=st.sampled_from(["1 s", "2 s"]), at=moments, measured=st.sampled_from(["", "1.5 s"])
)


def by_name(values):
    return st.dictionaries(st.sampled_from(["x", "y"]), values, max_size=2)


memories = st.builds(
    lambda more, **known: Progress(**known, **more),
    unknown,
    exercises=by_name(by_name(tasks)),
    quizzes=by_name(by_name(questions)),
    predictions=by_name(predictions),
)


@patient
@given(memories, memories, memories)
def test_the_order_of_merges_does_not_matter(one, two, three):
    assert one.merged(two) == two.merged(one)
    assert one.merged(two).merged(three) == one.merged(two.merged(three))


@patient
@given(memories, memories)
def test_a_second_merge_adds_nothing(one, two):
    assert one.merged(one) == one
    assert one.merged(two).merged(two) == one.merged(two)


@patient
@given(memories, memories)
def test_nothing_gets_worse(one, two):
    both = one.merged(two)
    for name, exercise in one.exercises.items():
        for task, record in exercise.items():
            merged = both.exercises[name][task]
            assert merged.hints >= record.hints
            assert merged.checks >= record.checks
            assert merged.right or not record.right
            assert merged.best is not None or record.best is None
            if record.best is not None:
                assert merged.best.points >= record.best.points
            assert merged.solution is not None or record.solution is None
            assert not (record.solution and record.solution.insisted) or merged.solution.insisted
    for name, quiz in one.quizzes.items():
        for question, record in quiz.items():
            assert both.quizzes[name][question].right or not record.right


@patient
@given(memories)
def test_the_file_has_all_of_it(memory):
    assert Progress.model_validate(json.loads(memory.text())) == memory


def test_a_result_is_better_with_more_points_then_by_its_state_then_by_being_earlier():
    record = TaskRecord()
    for state, points, at in [("wrong", 0, "1"), ("partly done", 1, "2"), ("error", 0, "3"), ("partly done", 1, "4")]:
        record.checked(Result(state=state, points=points, out_of=2, at=at))
    assert (record.best.state, record.best.at) == ("partly done", "2")
    assert (record.last.state, record.last.at) == ("partly done", "4")
    assert record.checks == 4
