"""The supplier: the same answer every time, and a record of who asked."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from fwlab.course import supplier
from fwlab.course.supplier import ask_supplier, pieces_in_stock, visits, watched


@given(st.text())
def test_any_item_has_a_number_of_pieces(item):
    with watched(wait=lambda: None):
        pieces = ask_supplier(item)
    assert 0 <= pieces < 100
    assert pieces == pieces_in_stock(item)


def test_a_question_waits_for_the_network(monkeypatch):
    waits = []
    monkeypatch.setattr(supplier.time, "sleep", waits.append)
    ask_supplier("bun")
    assert waits == [supplier.ROUND_TRIP]


def test_every_question_is_recorded_with_its_thread():
    with watched(wait=lambda: None) as seen:
        ask_supplier("bun")
        other = threading.Thread(target=ask_supplier, args=("pickle",))
        other.start()
        other.join()
    assert [visit.item for visit in seen] == ["bun", "pickle"]
    assert seen[0].thread == threading.get_ident() != seen[1].thread
    assert all(visit.begin <= visit.end for visit in seen)
    assert visits()[-2:] == seen


def test_a_question_in_progress_has_no_end():
    ends = []
    with watched(wait=lambda: ends.append(seen[0].end)) as seen:
        ask_supplier("bun")
    assert ends == [None]


def test_the_record_is_bounded():
    with watched(wait=lambda: None):
        for number in range(1100):
            ask_supplier(f"bun-{number}")
    assert len(visits()) == 1000
    assert visits()[-1].item == "bun-1099"


def test_of_two_watchers_the_later_one_watches():
    with watched(wait=lambda: None) as outer:
        with watched(wait=lambda: None) as inner:
            ask_supplier("bun")
        ask_supplier("pickle")
    assert [visit.item for visit in inner] == ["bun"]
    assert [visit.item for visit in outer] == ["pickle"]
