"""Which of too many activities a picture shows: nobody who is of another kind is hidden by a crowd."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fwlab.course.activities import Activity
from fwlab.grading.crowd import representatives


def shown(names: list[str], most: int) -> list[str]:
    return [one.name for one in representatives([Activity(name, 0.0, "loop", 1) for name in names], most)]


def test_the_one_who_waits_behind_sixty_is_seen():
    names = [*(f"GET /cards/{number}" for number in range(60)), "GET /points", *["ask the bank"] * 60]
    seen = shown(names, 12)
    assert len(seen) == 11
    assert "GET /points" in seen
    assert seen[0] == "GET /cards/0"
    assert "GET /cards/59" in seen
    kinds = Counter(name.rstrip("0123456789") for name in seen)
    assert kinds == {"GET /cards/": 5, "GET /points": 1, "ask the bank": 5}


def test_where_there_are_more_kinds_than_lines_the_first_are_shown():
    assert shown(list("abcdefgh"), 4) == ["a", "b", "c"]


@given(st.lists(st.sampled_from(["meal", "nap 1", "nap 2", "tea", "walk"])), st.integers(2, 12))
def test_all_are_shown_where_there_is_room_and_their_order_stays(names, most):
    seen = shown(names, most)
    if len(names) <= most:
        assert seen == names
    else:
        assert len(seen) == most - 1
        rest = iter(names)
        assert all(name in rest for name in seen)
