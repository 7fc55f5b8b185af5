"""Evidence: what an experiment saw comes back as it was; a stranger's bytes are data or an error, never a call."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fwlab.grading.jail.evidence import EvidenceError, Foreign, decoded, encoded
from fwlab.grading.reply import Reply
from fwlab.grading.verdict import State
from fwlab.places import Place


@dataclass(frozen=True)
class Seen:
    """As an exercise's checks would define it."""

    many: object

    def method(self) -> str:
        return "ours"


@dataclass
class Slots:
    __slots__ = ("one", "other")
    one: object
    other: object


class Pair(NamedTuple):
    left: int
    right: int


CHECKS = {"__name__": __name__, "Seen": Seen, "Slots": Slots, "Pair": Pair}

plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
hashable = plain | st.tuples(plain, plain)
values = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.sets(hashable)
        | st.dictionaries(hashable, inner)
        | st.builds(Seen, inner)
        | st.builds(Slots, inner, inner)
    ),
    max_leaves=20,
)


def there_and_back(value):
    return decoded(encoded(value, CHECKS), CHECKS)


@given(values)
def test_values_come_back_as_they_were(value):
    found = there_and_back(value)
    assert found == value
    assert type(found) is type(value)


def test_classes_of_fwlab_and_of_the_checks_come_back():
    place, reply = Place("<cell 1>", 3, "stock"), Reply("/", 200, b"{}", None)
    found = there_and_back([place, State.WRONG, reply, Pair(1, 2), deque([1])])
    assert found == [place, State.WRONG, reply, Pair(1, 2), deque([1])]
    assert found[2].json() == {}


def test_one_thing_in_two_places_and_in_itself_is_one_thing():
    many: list = [{}]
    many += [many[0], many]
    found = there_and_back(many)
    assert found[0] is found[1]
    assert found[2] is found


def test_what_is_no_data_has_something_standing_for_it():
    class Theirs:
        def __repr__(self):
            raise ValueError

    found = there_and_back([Theirs(), print, Theirs, (n for n in ())])
    assert all(isinstance(one, Foreign) for one in found)
    assert found[0].type_name == "Theirs"
    assert "0x" not in repr(found)


@pytest.mark.parametrize(
    "data",
    [
        {"object": "os:system", "has": {}},
        {"object": "subprocess:Popen", "has": {"args": "true"}},
        {"object": "fwlab.grading.jail.evidence:sys", "has": {}},
        {"object": "fwlab.nowhere:Nothing", "has": {}},
        {"object": "checks:Seen", "has": {"method": 1}},
        {"object": "checks:Missing", "has": {}},
        {"enum": "checks:Seen", "name": "many"},
        {"named": "checks:Seen", "items": []},
        {"again": 7},
        {"call": ["print"]},
        {},
        [1],
        {"set": [{"list": []}]},
        {"bytes": "\x00"},
    ],
)
def test_what_is_no_evidence_is_refused(data):
    with pytest.raises(EvidenceError):
        decoded(json.dumps(data).encode(), CHECKS)


@example({"list": [[]]})
@given(
    st.recursive(
        plain.filter(lambda one: not isinstance(one, bytes)),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["object", "has", "dict", "list", "again", "named", "items", "enum", "name", "bytes"]),
                inner,
            )
        ),
    )
)
def test_any_json_is_data_or_an_error(data):
    with contextlib.suppress(EvidenceError):
        decoded(json.dumps(data).encode(), CHECKS)


def test_what_is_nested_without_end_is_refused():
    with pytest.raises(EvidenceError):
        decoded(b'{"list":[' * 100_000, CHECKS)
