"""How often compare() is right is measured, reported and held."""

import asyncio

from benchmarks import comparisons, report
from benchmarks.targets import judge


def results(same, slower):
    return {"tries": 20, "same": same, "slower": slower}


def test_both_pairs_are_compared_so_often():
    said = []
    measured = asyncio.run(comparisons.measure(tries=1, step=said.append))
    assert said == ["compare: same", "compare: slower"]
    assert sum(measured["same"].values()) == sum(measured["slower"].values()) == 1


def test_nineteen_of_twenty_identical_ones_and_most_of_the_different_ones():
    reached = [outcome.reached for outcome in judge({"comparisons": results({"cannot tell": 19}, {"slower": 11})})]
    assert reached == [True, True]
    missed = [outcome.reached for outcome in judge({"comparisons": results({"cannot tell": 18}, {"slower": 10})})]
    assert missed == [False, False]
    assert not list(judge({"comparisons": {**results({}, {}), "tries": 2}})), "too few to judge"


def test_the_answers_are_shown():
    shown = report._comparisons(results({"cannot tell": 19, "faster": 1}, {"slower": 20}))
    assert "two identical servers" in shown
    assert "19" in shown
