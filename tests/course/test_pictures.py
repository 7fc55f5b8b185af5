"""The reader of pictures: right about digits that it has not learned, and its work is declared in virtual time."""

from __future__ import annotations

import pytest

from fwlab.course import CourseError
from fwlab.course.activities import watched
from fwlab.course.pictures import COST, SIDE, classify, digit_of, drawing, examples, picture
from fwlab.lab import virtual


def test_it_reads_most_of_what_it_has_not_learned():
    right = sum(classify(picture(number)).digit == digit_of(number) for number in range(40))
    assert right >= 37
    assert not {picture(number) for number in range(40)} & {example for example, _ in examples()}


def test_votes_are_of_the_nearest_three():
    assert {classify(picture(number)).votes for number in range(20)} <= {1, 2, 3}


@pytest.mark.parametrize("size", [0, 63, 65])
def test_another_size_is_refused(size: int):
    with pytest.raises(CourseError, match=f"64 numbers, row by row, and this one has {size}"):
        classify([0.0] * size)


@pytest.mark.parametrize("number", [-1, 297])
def test_there_are_so_many_pictures_and_no_more(number: int):
    with pytest.raises(CourseError, match="There are pictures 0 to 296"):
        picture(number)


def test_its_work_is_declared_in_virtual_time():
    async def two() -> None:
        classify(picture(0))
        classify(picture(1))

    with watched() as seen:
        virtual(two)
    assert [round(one.end - one.begin, 9) for one in seen if one.end is not None] == [COST, COST]


def test_a_drawing_has_a_line_for_each_row():
    lines = drawing([0.0] * 56 + [16.0] * 8).split("\n")
    assert lines == [""] * (SIDE - 1) + ["#" * SIDE]


def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    from fwlab.course import pictures

    pictures._digits.cache_clear()
    monkeypatch.setattr(pictures, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="pip install 'fwlab\\[course\\]'"):
        picture(0)
