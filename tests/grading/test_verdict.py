"""What a verdict looks like: in words, with a sign, without color, and the same again from JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.grading import Report, State, TaskVerdict, Verdict


def verdict_of(*states, seen="", to_try=""):
    tasks = [
        TaskVerdict(f"e50.{n}", f"Task {n}", state, int(state is State.RIGHT), 1, seen=seen, to_try=to_try)
        for n, state in enumerate(states, 1)
    ]
    return Verdict("e50", "Fifty", tuple(tasks))


@pytest.mark.parametrize(
    ("states", "state", "right"),
    [
        ([State.RIGHT], State.RIGHT, True),
        ([State.RIGHT, State.RIGHT], State.RIGHT, True),
        ([State.RIGHT, State.UNATTEMPTED], State.PARTLY_DONE, False),
        ([State.WRONG, State.WRONG], State.WRONG, False),
        ([State.WRONG, State.ERROR], State.PARTLY_DONE, False),
        ([State.UNATTEMPTED, State.UNATTEMPTED], State.UNATTEMPTED, False),
        ([State.TIMED_OUT], State.TIMED_OUT, False),
        ([], State.UNATTEMPTED, False),
    ],
)
def test_an_exercise_is_right_when_all_its_tasks_are(states, state, right):
    verdict = verdict_of(*states)
    assert (verdict.state, verdict.right) == (state, right)
    assert verdict.points == states.count(State.RIGHT)
    assert verdict.out_of == len(states)


def test_the_six_states_have_six_words_and_six_signs():
    assert [state.value for state in State] == ["unattempted", "partly done", "wrong", "right", "error", "timed out"]
    assert len({state.symbol for state in State}) == 6


def test_the_text_says_it_all():
    verdict = verdict_of(State.WRONG, seen="It is slow.\nIn line 3.", to_try="Wait less.")
    assert str(verdict).splitlines() == [
        "e50 Fifty: wrong, 0 of 1 point",
        "✗ e50.1 Task 1: wrong, 0 of 1 point",
        "  Seen: It is slow.",
        "        In line 3.",
        "  Try:  Wait less.",
    ]
    assert repr(verdict) == str(verdict)


def test_notes_are_told():
    verdict = Verdict("e50", "Fifty", (), ("cell 3: %time was not run",))
    assert str(verdict).endswith("Note: cell 3: %time was not run")
    assert "Note: cell 3: %time was not run" in verdict._repr_html_()


def test_a_notebook_shows_code_as_code():
    shown = verdict_of(State.WRONG, seen="`a < b` was asked", to_try="no `code")._repr_html_()
    assert "<code>a &lt; b</code> was asked" in shown
    assert "no `code" in shown


def test_the_check_before_stands_beside_the_new_one():
    [task] = verdict_of(State.RIGHT).tasks
    again = Verdict("e50", "Fifty", (replace(task, before="✗ wrong, 0 of 1 point"),))
    assert "right, 1 of 1 point (before: ✗ wrong, 0 of 1 point)" in str(again)
    assert "before: ✗ wrong, 0 of 1 point" in again._repr_html_()
    assert again == verdict_of(State.RIGHT)
    assert again.to_dict() == verdict_of(State.RIGHT).to_dict()


def test_one_task_is_not_shown_as_the_whole_exercise():
    assert "Fifty" not in verdict_of(State.RIGHT)._repr_html_()
    assert "e50 Fifty: partly done, 1 of 2 points" in verdict_of(State.RIGHT, State.WRONG)._repr_html_()


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        ("It is called in line 8: sleep(1)", "in {}line 8: <code>sleep(1)</code></span>"),
        ("1 s in line 8 of pause: sleep(1)\nThere.", "in {}line 8 of pause: <code>sleep(1)</code></span>\nThere."),
        ("line 8, in pause\n    1 < 0\nError: no", "{}line 8, in pause\n    <code>1 &lt; 0</code></span>\nError: no"),
        ("line 8\n    if:\nSyntaxError: no", "{}line 8</span>\n    if:\n"),
    ],
)
def test_a_notebook_shows_quoted_lines_as_code_and_knows_their_numbers(seen, shown):
    assert shown.format('<span class="fwlab-line" data-line="8">') in verdict_of(State.WRONG, seen=seen)._repr_html_()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.labels = [], "", []

    def handle_starttag(self, tag, attributes):
        self.labels += [value for name, value in attributes if name == "aria-label"]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@given(st.text(), st.text())
def test_the_html_says_what_the_text_says_and_is_well_formed(seen, to_try):
    reader = _Reader()
    reader.feed(verdict_of(State.WRONG, seen=f"<b>{seen}", to_try=f"&{to_try}")._repr_html_())
    reader.close()
    assert reader.open == []
    assert "✗" in reader.text
    assert "wrong" in reader.text
    assert "<b>" in reader.text
    assert reader.labels == ["Verdict on e50"]


@given(st.lists(st.sampled_from(State)), st.text(), st.text())
def test_json_brings_back_the_same(states, seen, to_try):
    verdict = verdict_of(*states, seen=seen, to_try=to_try)
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_a_report_is_right_when_its_verdict_is(tmp_path):
    assert Report(tmp_path, verdict_of(State.RIGHT)).right is True
    assert Report(tmp_path, verdict_of(State.RIGHT, State.WRONG)).right is False
