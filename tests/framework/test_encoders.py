"""Plain data of anything: what FastAPI's jsonable_encoder makes of it, and the same as bytes, faster."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import ipaddress
import json
import pathlib
import re
import uuid
from decimal import Decimal
from typing import Any

import pydantic.dataclasses
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AnyUrl, BaseModel, ConfigDict, Field, NameEmail, SecretStr
from pydantic_core import PydanticUndefined

from fwlab.encoders import EncodingError, jsonable_encoder, to_json_bytes
from fwlab.exceptions import FwlabError


class Size(enum.Enum):
    small = "s"
    large = ("l", 2)


class Kind(str, enum.Enum):  # noqa: UP042 - as most are written
    beef = "beef"


class Level(enum.IntEnum):
    one = 1


@dataclasses.dataclass
class Order:
    number: Any
    _note: Any = None


@pydantic.dataclasses.dataclass
class Checked:
    number: int


Pair = collections.namedtuple("Pair", "a b")


class Guest:
    def __init__(self, name: Any) -> None:
        self.name = name


class Stored(Guest):
    """As SQLAlchemy keeps its objects."""

    def __init__(self, name: Any) -> None:
        super().__init__(name)
        self._sa_instance_state = object()


class Listed:
    """Gives its fields as pairs."""

    def __init__(self, name: Any) -> None:
        self.hidden = name

    def __iter__(self):
        return iter([("name", self.hidden)])


class Burger(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    price: Decimal = Field(Decimal("9.50"), alias="pricePaid")
    since: dt.datetime | None = None
    extra: Any = 0


UTC = dt.UTC
LATER = dt.datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)

FORMS = {
    "none": (None, None),
    "text": ("é", "é"),
    "bytes": ("é".encode(), "é"),
    "whole decimal": (Decimal("7"), 7),
    "decimal": (Decimal("7.50"), 7.5),
    "large decimal": (Decimal("1E+3"), 1000),
    "largest whole decimal": (Decimal("1E+4299"), 10**4299),
    "date": (dt.date(2030, 1, 2), "2030-01-02"),
    "time": (dt.time(3, 4, tzinfo=UTC), "03:04:00+00:00"),
    "moment": (LATER, "2030-01-02T03:04:05+00:00"),
    "moment without a zone": (dt.datetime(2030, 1, 2, 3, 4, 5, 6), "2030-01-02T03:04:05.000006"),
    "duration": (dt.timedelta(days=1, milliseconds=5), 86400.005),
    "uuid": (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    "address": (ipaddress.ip_address("::1"), "::1"),
    "network": (ipaddress.ip_network("10.0.0.0/8"), "10.0.0.0/8"),
    "path": (pathlib.Path("a/b"), str(pathlib.Path("a/b"))),
    "pure path": (pathlib.PureWindowsPath("a/b"), "a\\b"),
    "pattern": (re.compile("a+"), "a+"),
    "secret": (SecretStr("salt"), "**********"),
    "url": (AnyUrl("http://a.b"), "http://a.b/"),
    "name and email": (NameEmail("Ada", "ada@example.com"), "Ada <ada@example.com>"),
    "undefined": (PydanticUndefined, None),
    "enum": (Size.small, "s"),
    "enum of a tuple": (Size.large, ["l", 2]),
    "enum of text": (Kind.beef, "beef"),
    "enum of numbers": (Level.one, 1),
    "tuple": ((1, "a"), [1, "a"]),
    "named tuple": (Pair(1, dt.date(2030, 1, 2)), [1, "2030-01-02"]),
    "set": ({1}, [1]),
    "frozen set": (frozenset([Decimal("1.5")]), [1.5]),
    "deque": (collections.deque([LATER], maxlen=2), ["2030-01-02T03:04:05+00:00"]),
    "ordered dict": (collections.OrderedDict(a=(1,)), {"a": [1]}),
    "keys": ({1: 1, dt.date(2030, 1, 2): 2, Kind.beef: 3}, {"1": 1, "2030-01-02": 2, "beef": 3}),
    "dataclass": (Order(Decimal("1.5")), {"number": 1.5, "_note": None}),
    "dataclass in a dataclass": (
        Order(Order(LATER)),
        {"number": {"number": str(LATER).replace(" ", "T"), "_note": None}, "_note": None},
    ),
    "pydantic's dataclass": (Checked(1), {"number": 1}),
    "object": (Guest([Guest(Decimal(2))]), {"name": [{"name": 2}]}),
    "object of a database": (Stored("Ada"), {"name": "Ada"}),
    "pairs": (Listed(LATER), {"name": "2030-01-02T03:04:05+00:00"}),
    "read-only mapping": (collections.ChainMap({"a": {1}}), {"a": [1]}),
    "model": (Burger(since=LATER), {"pricePaid": "9.50", "since": "2030-01-02T03:04:05Z", "extra": 0}),
    "model in a dict": ({"b": [Burger(extra=Decimal(1))]}, {"b": [{"pricePaid": "9.50", "since": None, "extra": "1"}]}),
}


def in_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("name", FORMS)
def test_a_value_has_its_form(name):
    value, form = FORMS[name]

    assert in_json(jsonable_encoder(value)) == form
    assert json.loads(to_json_bytes(value)) == form
    assert json.loads(to_json_bytes({"in": [value]})) == {"in": [form]}


def test_a_generator_is_written_to_its_end():
    assert jsonable_encoder({"all": (Decimal(n) for n in range(2))}) == {"all": [0, 1]}
    assert to_json_bytes({"all": (Decimal(n) for n in range(2))}) == b'{"all":[0,1]}'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_what_json_has_no_number_for_is_null_in_bytes_and_a_number_in_data(number):
    assert to_json_bytes([number, {"n": number}]) == b'[null,{"n":null}]'
    assert isinstance(jsonable_encoder([number])[0], float)


def plain_data():
    texts = st.text(st.characters(exclude_categories=["Cs"]))
    zones = st.sampled_from([None, UTC, dt.timezone(dt.timedelta(hours=-3, minutes=30))])
    leaves = st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts),
        *(st.decimals(allow_nan=False, allow_infinity=False), st.dates(), st.times(timezones=zones), st.timedeltas()),
        *(st.datetimes(timezones=zones), st.uuids(), st.ip_addresses(), texts.map(str.encode)),
        st.sampled_from([value for value, _ in FORMS.values()]),
    )
    # As keys, None and infinity are left out: pydantic has them as "None" and "inf", Python as "null" and "Infinity".
    # So are those that begin with _sa, which jsonable_encoder leaves out of all there is, and to_json_bytes of objects.
    keys = st.one_of(texts.filter(lambda key: not key.startswith("_sa")), st.integers(), st.dates(), st.uuids())
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            *(st.lists(inner), st.tuples(inner, inner), st.dictionaries(keys, inner), inner.map(Guest)),
            *(inner.map(Order), inner.map(Listed), st.tuples(inner, inner).map(lambda both: Pair(*both))),
            st.lists(inner).map(collections.deque),
        ),
    )


@settings(deadline=None)
@given(plain_data())
def test_the_bytes_are_those_of_the_data(value):
    assert json.loads(to_json_bytes(value)) == in_json(jsonable_encoder(value))


# ---------------------------------------------------------------------------------------------------- its parameters


@pytest.mark.parametrize(
    "value", [{"a": 1, "b": {"a": 2, "b": 3}}, Guest(None), Burger()], ids=lambda value: type(value).__name__
)
def test_include_and_exclude_are_for_the_outermost_fields(value):
    everything = jsonable_encoder(value)
    first, *_ = everything
    name = "price" if isinstance(value, Burger) else first

    for kind in (set, list, tuple, dict.fromkeys if not isinstance(value, Burger) else set):
        assert jsonable_encoder(value, include=kind([name])) == {first: everything[first]}
        assert jsonable_encoder(value, exclude=kind([name])) == {k: v for k, v in everything.items() if k != first}
    assert jsonable_encoder(value, include=set()) == {}
    assert jsonable_encoder(value, exclude={}) == everything
    assert jsonable_encoder([value], include={name}) == [{first: everything[first]}]


def test_models_are_told_which_fields_to_write():
    burger = Burger(since=None, extra=0)

    assert jsonable_encoder(burger, by_alias=False)["price"] == "9.50"
    assert jsonable_encoder(burger, exclude_unset=True) == {"since": None, "extra": 0}
    assert jsonable_encoder(burger, exclude_defaults=True) == {}
    assert jsonable_encoder(burger, exclude_none=True) == {"pricePaid": "9.50", "extra": 0}
    assert jsonable_encoder({"b": [burger]}, exclude_unset=True) == {"b": [{"since": None, "extra": 0}]}


def test_none_is_left_out_of_dicts_at_any_depth():
    value = {"a": None, "b": [{"c": None, "d": 1}, None], "e": Burger(extra={"f": None})}

    assert jsonable_encoder(value, exclude_none=True) == {
        "b": [{"d": 1}, None],
        "e": {"pricePaid": "9.50", "extra": {}},
    }


def test_a_type_of_one_s_own_is_written_as_one_says():
    class Later(dt.datetime):
        pass

    value = {"at": Later(2030, 1, 2, 3), "size": Size.small, "order": Order(1)}

    def encoded(encoders):
        return jsonable_encoder(value, custom_encoder=encoders)

    assert encoded({dt.datetime: lambda at: at.hour, Later: lambda at: at.year})["at"] == 2030
    assert encoded({dt.date: lambda at: at.month})["at"] == 1
    assert encoded({Size: lambda size: size.name}) == jsonable_encoder(value) | {"size": "small"}
    assert encoded({Order: repr})["order"] == repr(Order(1))
    assert encoded({int: str})["order"] == {"number": "1", "_note": None}


def test_what_sqlalchemy_keeps_is_left_out_unless_it_is_wanted():
    value = {"_sa_state": 1, "name": "Ada"}

    assert jsonable_encoder(value) == {"name": "Ada"}
    assert jsonable_encoder(value, sqlalchemy_safe=False) == value
    assert json.loads(to_json_bytes(value)) == value  # of a dict it is nothing of SQLAlchemy's


# ------------------------------------------------------------------------------------------------------- what has none


async def cook():
    """Wait for the grill."""


class Closed:
    __slots__ = ()


class Broken:
    def __iter__(self):
        raise NotImplementedError

    @property
    def __dict__(self):
        raise NotImplementedError


def around_itself():
    inner: list[Any] = [Decimal(1)]
    inner.append(inner)
    return inner


def deep():
    value: Any = Decimal(1)
    for _ in range(10_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "make",
    [Closed, Broken, object, lambda: cook, lambda: Closed, lambda: b"\xff", lambda: range(3), around_itself, deep],
    ids=["closed", "broken", "object", "function", "class", "bytes", "range", "around", "deep"],
)
@pytest.mark.parametrize("encode", [jsonable_encoder, to_json_bytes])
def test_what_has_no_form_is_refused_with_a_sentence(encode, make):
    with pytest.raises(EncodingError, match="cannot be written as JSON"):
        encode(make())
    with pytest.raises(FwlabError):
        encode({"in": [make()]})
    with pytest.raises(ValueError, match="cannot be written as JSON"):  # which FastAPI raises
        encode((make(),))


@pytest.mark.parametrize("encode", [jsonable_encoder, to_json_bytes])
def test_a_forgotten_await_is_named(encode):
    with pytest.raises(EncodingError, match=r"cook\(\) was called but not awaited; write `await` before the call"):
        encode({"burger": cook()})


@pytest.mark.parametrize("number", ["1E+4300", "1E+999999999", "9" * 4301])
def test_a_whole_decimal_that_nobody_could_read_is_null(number):
    """And its digits are never computed, which for the second would take hours."""
    assert to_json_bytes([Decimal(number)]) == b"[null]"
