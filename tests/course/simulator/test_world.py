"""A world of customers: what comes of its numbers is what the chapters say."""

from __future__ import annotations

import pytest

from fwlab.course import CourseError
from fwlab.course.simulator import World


@pytest.mark.parametrize(
    ("world", "milliseconds"),
    [
        (World("pauses", users=8, wait=400, work=20), (420, 560)),  # chapter 5: work adds up, waiting does not
        (World("blocks", users=8, wait=400, work=20), (420, 3360)),
        (World("thread", users=8, wait=400, work=20, cores=8), (560, 560)),  # chapter 6: threads share waiting alone
        (World("process", users=8, wait=0, work=20, cores=2), (20, 80)),  # chapter 7: the work, divided by the cores
        (World("thread", users=10, wait=500, work=0, threads=4), (500, 1500)),  # chapter 9: three rounds
        (World("thread", users=10, wait=500, work=0, threads=40), (500, 500)),
    ],
)
def test_the_first_and_the_last_are_answered_when_the_chapters_say(world: World, milliseconds: tuple[int, int]):
    ends = [round(1000 * request.end) for request in world.timeline.requests if request.end is not None]
    assert (min(ends), max(ends)) == milliseconds
    assert len(ends) == world.users


def test_it_says_so_in_a_sentence():
    assert World("pauses", users=1, wait=100, work=0).says == (
        "1 customer (async def, which awaits): the answer is there after 100 ms."
    )


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"users": 0}, "users is a whole number from 1 to 20, and not 0."),
        ({"wait": 0.5}, "wait is a whole number from 0 to 500, and not 0.5."),
        ({"threads": True}, "threads is a whole number from 1 to 40, and not True."),
        ({"handler": "fast"}, 'A handler is one of "pauses", "blocks", "thread", "process", and not \'fast\'.'),
        ({"speed": 3}, "A world has cores, handler, threads, users, wait, work, and this is"),
        ([1, 2], "and this is [1, 2]."),
    ],
)
def test_what_cannot_be_is_refused(told: object, message: str):
    with pytest.raises(CourseError) as refused:
        World.of(told)
    assert message in str(refused.value)


def test_what_is_missing_is_as_by_default():
    assert World.of({"users": 3}) == World(users=3)
