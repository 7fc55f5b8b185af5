"""How a result becomes JSON."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import json
import pathlib
import uuid
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr, TypeAdapter

from fwlab import FwlabError
from fwlab.encoders import ModelEncoder, to_json_bytes
from fwlab.exceptions import ResponseValidationError


class Size(enum.Enum):
    SMALL = "small"


class Burger(BaseModel):
    name: str = Field(alias="burgerName")


class Seat(NamedTuple):
    table: int
    number: int


@dataclasses.dataclass
class Table:
    number: int
    seats: list[Seat]


class Record:
    def __init__(self, **attributes):
        vars(self).update(attributes)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ("ä\n", '"ä\\n"'),
        (2**70, str(2**70)),
        (1.5, "1.5"),
        (float("nan"), "null"),
        ([float("inf"), -float("inf")], "[null,null]"),
        ({"a": 1, 2: "b"}, '{"a":1,"2":"b"}'),
        ({1}, "[1]"),
        (frozenset({1}), "[1]"),
        (collections.deque([1]), "[1]"),
        ((n for n in (1, 2)), "[1,2]"),
        (collections.OrderedDict(a=1), '{"a":1}'),
        (collections.ChainMap({"a": 1}), '{"a":1}'),
        (dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), '"2026-11-24T12:00:00Z"'),
        (dt.date(2026, 11, 24), '"2026-11-24"'),
        (dt.time(12, 30), '"12:30:00"'),
        (dt.timedelta(minutes=1, milliseconds=500), "60.5"),
        (decimal.Decimal("1.50"), '"1.50"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Size.SMALL, '"small"'),
        ({Size.SMALL: 1}, '{"small":1}'),
        (b"abc", '"abc"'),
        (pathlib.PurePosixPath("/a/b"), '"/a/b"'),
        (pathlib.Path("/a/b"), '"/a/b"'),
        (SecretStr("x"), '"**********"'),
        (Burger(burgerName="a"), '{"burgerName":"a"}'),
        (Table(1, [Seat(1, 2)]), '{"number":1,"seats":[[1,2]]}'),
        (Record(a=1, b=Record(c=None)), '{"a":1,"b":{"c":null}}'),
        (KeyError("x"), "{}"),
    ],
)
def test_a_value_of_each_kind(value, text):
    assert to_json_bytes(value) == text.encode()


def circle():
    values: list[Any] = []
    values.append(values)
    return values


def deep():
    value: Any = 1
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (object(), r"^object cannot be written as JSON: <object .*> has no JSON form; return plain data"),
        ({"a": len}, r"^dict cannot be written as JSON: <built-in function len> has no JSON form"),
        ([int], r"^list cannot be written as JSON: <class 'int'> has no JSON form"),
        (b"\xff", r"^bytes cannot be written as JSON: invalid utf-8"),
        ("\ud800", r"^str cannot be written as JSON: .*surrogates not allowed"),
        (circle(), r"^list cannot be written as JSON: .*Circular reference"),
        (deep(), r"^list cannot be written as JSON: "),
    ],
    ids=["object", "function", "class", "bytes", "surrogate", "circle", "deep"],
)
def test_a_value_without_a_json_form(value, message):
    with pytest.raises(FwlabError, match=message):
        to_json_bytes(value)


def test_what_was_not_awaited_is_named():
    async def price():
        return 1

    class Price:
        def __await__(self):
            yield

    with pytest.raises(FwlabError, match=r"price\(\) was called but not awaited; write `await` before the call\.$"):
        to_json_bytes({"price": price()})
    with pytest.raises(FwlabError, match=r"a Price was not awaited; write `await` before it\.$"):
        to_json_bytes([Price()])
    with pytest.raises(FwlabError, match=r"price\(\) was called but not awaited; write `await` before the call\.$"):
        ModelEncoder(TypeAdapter(int), "handler")(price())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_plain_data_survives(value):
    assert json.loads(to_json_bytes(value)) == value


def test_a_model_filters_and_converts():
    class Priced(Burger):
        price: float

    encode = ModelEncoder(TypeAdapter(list[Burger]), "handler")
    assert encode([Priced(burgerName="a", price=1), {"burgerName": "b", "x": 1}]) == (
        b'[{"burgerName":"a"},{"burgerName":"b"}]'
    )


def test_a_model_that_does_not_fit_names_the_handler_and_the_place():
    with pytest.raises(ResponseValidationError) as raised:
        ModelEncoder(TypeAdapter(list[int]), "handler 'x'")([1, "a"])
    [error] = raised.value.errors()
    assert error["loc"] == ("response", 1)
    assert "url" not in error
    assert str(raised.value).startswith("handler 'x' returned what its response model does not allow; 1 validation err")


def test_a_model_that_allows_anything_does_not_make_json_of_it():
    with pytest.raises(FwlabError, match=r"^object cannot be written as JSON: Unable to serialize unknown type"):
        ModelEncoder(TypeAdapter(Any), "handler")(object())
