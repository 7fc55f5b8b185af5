"""Path, Query, Body and Depends: what of the request arrives in which argument."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import ipaddress
import uuid
from typing import Annotated, Any, Literal, NewType

import pytest
from pydantic import AfterValidator, BaseModel, Field, Json
from typing_extensions import TypedDict

from fwlab import App, Body, Depends, Path, Query
from fwlab.exceptions import DefinitionError, FwlabDeprecationWarning
from fwlab.params import SOURCES, Cookie, File, Form, Header

NOTHING = object()


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Burger(BaseModel):
    name: str
    price: float = Field(gt=0)
    sauces: list[str] = []


class Guest(BaseModel):
    id: int


@dataclasses.dataclass
class Table:
    number: int
    seats: int = 4


class Tip(TypedDict, total=False):
    cents: int


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool


PLAIN = {"name": "Plain", "price": 2.5}
Seat = NewType("Seat", int)
A_UUID = "6b2e9a2c-0000-4000-8000-000000000001"


class Recorder:
    """An app with one path operation of one argument, ``x``, which keeps what it was called with."""

    def __init__(self, annotation, default=NOTHING, *, path="/", verb="get"):
        self.app = App()
        self.values = []

        async def keep(x):
            self.values.append(x)

        keep.__annotations__["x"] = annotation
        if default is not NOTHING:
            keep.__defaults__ = (default,)
        getattr(self.app, verb)(path)(keep)

    @property
    def value(self):
        (value,) = self.values
        return value


SIMPLE = [
    (int, "5", 5),
    (int, "%2B5", 5),
    (float, "1.5", 1.5),
    (bool, "yes", True),
    (bool, "0", False),
    (str, "a%20b%C3%A4", "a bä"),
    (bytes, "a", b"a"),
    (decimal.Decimal, "1.50", decimal.Decimal("1.50")),
    (dt.date, "2026-11-24", dt.date(2026, 11, 24)),
    (dt.time, "12:30", dt.time(12, 30)),
    (dt.datetime, "2026-11-24T12:00:00Z", dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)),
    (dt.timedelta, "PT90S", dt.timedelta(seconds=90)),
    (uuid.UUID, A_UUID, uuid.UUID(A_UUID)),
    (ipaddress.IPv4Address, "127.0.0.1", ipaddress.IPv4Address("127.0.0.1")),
    (Size, "small", Size.SMALL),
    (Literal["a", "b"], "b", "b"),
    (Seat, "5", 5),
    (int | str, "5", "5"),
    (int | dt.date, "2026-11-24", dt.date(2026, 11, 24)),
    (int | None, "5", 5),
    (Any, "5", "5"),
    (Annotated[int, Field(gt=1)], "5", 5),
    (Annotated[int, Field(gt=1)] | None, "5", 5),
    (Annotated[int, AfterValidator(lambda n: n * 2)], "5", 10),
]


@pytest.mark.parametrize(("annotation", "text", "value"), SIMPLE)
@pytest.mark.parametrize(("path", "url"), [("/", "/?x={}"), ("/at/{x}", "/at/{}")], ids=["query", "path"])
def test_a_simple_type_from_the_query_or_the_path(client_of, annotation, text, value, path, url):
    recorder = Recorder(annotation, path=path)
    assert client_of(recorder.app).get(url.format(text)).status_code == 200
    assert recorder.value == value
    assert type(recorder.value) is type(value)


def test_a_function_without_annotations_takes_text(client_of):
    app = App()

    @app.get("/{a}")
    def texts(a, b, c=3):
        return [a, b, c]

    assert client_of(app).get("/1?b=2").json() == ["1", "2", 3]


def test_annotations_that_are_strings_are_read(client_of):
    app = App()

    @app.get("/")
    async def handler(n: "int | None" = None):
        return n

    assert client_of(app).get("/?n=4").json() == 4


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (list[int], [2, 1, 2]),
        (set[int], {1, 2}),
        (frozenset[int], frozenset({1, 2})),
        (tuple[int, ...], (2, 1, 2)),
        (tuple[int, str, int], (2, "1", 2)),
        (collections.deque[int], collections.deque([2, 1, 2])),
        (list[int] | None, [2, 1, 2]),
        (list, ["2", "1", "2"]),
        (list[int | None], [2, 1, 2]),
        (list[Annotated[int, Field(gt=0)]], [2, 1, 2]),
    ],
)
def test_a_collection_takes_every_value_of_a_repeated_key(client_of, annotation, value):
    recorder = Recorder(Annotated[annotation, Query()])
    client_of(recorder.app).get("/?x=2&y=9&x=1&x=2")
    assert recorder.value == value
    assert type(recorder.value) is type(value)


def test_a_single_value_is_the_last_of_a_repeated_key(client_of):
    recorder = Recorder(int)
    client_of(recorder.app).get("/?x=1&x=2")
    assert recorder.value == 2


@pytest.mark.parametrize(
    ("annotation", "default", "value"),
    [
        (int, 3, 3),
        (int | None, None, None),
        (list[int] | None, None, None),
        (Annotated[int, Query(gt=0)], 3, 3),
        (Annotated[list[int], Query()], [1], [1]),
        (int, Query(3, gt=0), 3),
        (int, Query(default=3), 3),
        (int, Query(default_factory=lambda: 3), 3),
        (Annotated[list[int], Query(default_factory=lambda: [3])], NOTHING, [3]),
        (str, None, None),  # as in FastAPI, a default is not held against the type
        (Size, Size.LARGE, Size.LARGE),
    ],
)
def test_a_query_parameter_with_a_default_may_be_left_out(client_of, annotation, default, value):
    recorder = Recorder(annotation, default)
    assert client_of(recorder.app).get("/").status_code == 200
    assert recorder.value == value


@pytest.mark.parametrize("required", [Query(), Query(...), Query(gt=0)])
def test_a_marker_without_a_default_is_required(client_of, required):
    for recorder in (Recorder(int, required), Recorder(Annotated[int, required])):
        client = client_of(recorder.app)
        assert client.get("/").status_code == 422
        assert client.get("/?x=1").status_code == 200


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize(
    ("annotation", "default"),
    [
        (Annotated[list[int], Query()], [1]),
        (list[int], Query([1])),
        (list[int], Query(default_factory=lambda: [1])),
        (Annotated[list[int], Body()], [1]),
        (list[int], Body([1])),
        (Annotated[list[int], Body(embed=True)], [1]),
    ],
)
def test_a_mutable_default_is_not_shared_between_requests(client_of, annotation, default, verb):
    app = App()

    async def append(x):
        x.append(2)
        return x

    append.__annotations__["x"] = annotation
    append.__defaults__ = (default,)
    getattr(app, verb)("/")(append)
    client = client_of(app)
    assert [client.request(verb.upper(), "/").json() for _ in range(2)] == [[1, 2], [1, 2]]
    if isinstance(default, list):
        assert default == [1]


def test_aliases_are_the_names_in_the_request(client_of):
    app = App()

    @app.put("/{item}")
    async def handler(
        n: Annotated[int, Path(alias="item")],
        size: Annotated[int, Query(alias="burger-size")],
        tags: Annotated[list[str], Query(alias="tag[]")],
        cents: Annotated[int, Body(alias="tip-cents", embed=True)],
    ):
        return [n, size, tags, cents]

    url = "/1?burger-size=2&tag[]=a&tag[]=b&size=9&tags=c"
    assert client_of(app).put(url, json={"tip-cents": 3, "cents": 9}).json() == [1, 2, ["a", "b"], 3]


@pytest.mark.parametrize("style", ["annotated", "default"])
@pytest.mark.parametrize(
    ("annotation", "constraints", "good", "bad"),
    [
        (int, {"gt": 1}, "2", "1"),
        (int, {"ge": 1, "le": 3}, "3", "4"),
        (float, {"lt": 0.5}, "0.4", "0.5"),
        (int, {"multiple_of": 2}, "4", "3"),
        (str, {"min_length": 2, "max_length": 3}, "abc", "abcd"),
        (str, {"pattern": "^a+$"}, "aa", "ab"),
        (list[int], {"min_length": 2}, "1&x=2", "1"),
        (float, {"allow_inf_nan": False}, "1", "nan"),
        (decimal.Decimal, {"max_digits": 3, "decimal_places": 1}, "12.5", "1.25"),
        (int | None, {"gt": 1}, "2", "1"),
    ],
)
def test_constraints_hold_in_either_style(client_of, style, annotation, constraints, good, bad):
    marker = Query(**constraints)
    recorder = Recorder(Annotated[annotation, marker]) if style == "annotated" else Recorder(annotation, marker)
    client = client_of(recorder.app)
    assert client.get(f"/?x={good}").status_code == 200
    assert client.get(f"/?x={bad}").status_code == 422


def test_a_path_marker_as_default(client_of):
    app = App()

    @app.get("/{n}")
    async def handler(n: int = Path(ge=2)):
        return n

    client = client_of(app)
    assert (client.get("/2").json(), client.get("/1").status_code) == (2, 422)


# The body


@pytest.mark.parametrize(
    ("annotation", "sent", "value"),
    [
        (Burger, PLAIN, Burger(name="Plain", price=2.5)),
        (Burger | None, PLAIN, Burger(name="Plain", price=2.5)),
        (Burger | None, None, None),
        (Burger | Guest, {"id": 1}, Guest(id=1)),
        (Annotated[Cat | Dog, Body(discriminator="kind")], {"kind": "cat", "lives": 9}, Cat(kind="cat", lives=9)),
        (Table, {"number": 1}, Table(1)),
        (Tip, {"cents": 1}, {"cents": 1}),
        (list[Burger], [PLAIN], [Burger(name="Plain", price=2.5)]),
        (list[int], [1], [1]),
        (set[int], [1, 1], {1}),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (dict[int, str], {"1": "a"}, {1: "a"}),
        (dict, {"a": [None]}, {"a": [None]}),
        (collections.abc.Mapping[str, int], {"a": 1}, {"a": 1}),
        (Annotated[int, Body()], 3, 3),
        (Annotated[str, Body()], "3", "3"),
        (Annotated[Any, Body()], {"a": [1.5, None, True]}, {"a": [1.5, None, True]}),
        (Annotated[dt.date, Body()], "2026-11-24", dt.date(2026, 11, 24)),
        (Annotated[uuid.UUID, Body()], A_UUID, uuid.UUID(A_UUID)),
        (Annotated[Burger, Body(embed=True)], {"x": PLAIN}, Burger(name="Plain", price=2.5)),
        (Annotated[int, Body(embed=True)], {"x": 3}, 3),
    ],
)
def test_a_body_of_each_kind(client_of, annotation, sent, value):
    recorder = Recorder(annotation, verb="post")
    # httpx takes json=None for no body at all.
    options = (
        {"json": sent} if sent is not None else {"content": b"null", "headers": {"content-type": "application/json"}}
    )
    assert client_of(recorder.app).post("/", **options).status_code == 200
    assert recorder.value == value
    assert type(recorder.value) is type(value)


@pytest.mark.parametrize(
    ("annotation", "default", "value"),
    [
        (Burger | None, None, None),
        (Burger, Burger(name="House", price=1), Burger(name="House", price=1)),
        (Annotated[int, Body()], 3, 3),
        (int, Body(3), 3),
        (Annotated[list[int], Body(default_factory=list)], NOTHING, []),
        (Annotated[int, Body(embed=True)], 3, 3),
        (Annotated[int | None, Body(embed=True)], None, None),
    ],
)
def test_an_optional_body_may_be_left_out(client_of, annotation, default, value):
    recorder = Recorder(annotation, default, verb="post")
    assert client_of(recorder.app).post("/").status_code == 200
    assert recorder.value == value


def test_several_bodies_have_their_own_keys(client_of):
    app = App()

    @app.put("/{n}")
    async def handler(
        n: int,
        burger: Burger,
        guest: Guest,
        cents: Annotated[int, Body()],
        note: Annotated[str, Body()] = "none",
        q: str | None = None,
    ):
        return [n, burger.name, guest.id, cents, note, q]

    sent = {"burger": PLAIN, "guest": {"id": 4}, "cents": 5, "unknown": 0}
    client = client_of(app)
    assert client.put("/3?q=x", json=sent).json() == [3, "Plain", 4, 5, "none", "x"]
    assert client.put("/3", json=sent | {"note": "thanks"}).json() == [3, "Plain", 4, 5, "thanks", None]


def test_bodies_of_a_handler_and_its_dependencies_count_together(client_of):
    app = App()

    async def guest_of(guest: Guest):
        return guest.id

    @app.put("/")
    async def handler(burger: Burger, guest: Annotated[int, Depends(guest_of)]):
        return [burger.name, guest]

    assert client_of(app).put("/", json={"burger": PLAIN, "guest": {"id": 4}}).json() == ["Plain", 4]


def test_one_body_that_a_dependency_reads_too_is_not_embedded(client_of):
    app = App()

    class Named(BaseModel):
        name: str

    async def name_of(burger: Named):
        return burger.name

    @app.put("/")
    async def handler(burger: Burger, name: Annotated[str, Depends(name_of)]):
        return [burger.price, name]

    client = client_of(app)
    assert client.put("/", json=PLAIN).json() == [2.5, "Plain"]
    assert client.put("/", json={"burger": PLAIN}).status_code == 422


# The markers themselves


def test_a_marker_says_what_it_asks_for():
    assert repr(Query(gt=1, description="d")) == "Query(gt=1, description='d')"
    assert repr(Body()) == "Body()"

    def table(): ...

    assert repr(Depends(table)) == "Depends(table)"
    assert repr(Depends()) == "Depends(None)"


MARKERS = [Path, Query, Header, Cookie, Body, Form, File]


@pytest.mark.parametrize("marker", MARKERS)
def test_a_marker_refuses_an_option_that_it_does_not_know(marker):
    with pytest.raises(DefinitionError, match=rf"^{marker.__name__} has no option 'regexp'; it has alias, .*pattern"):
        marker(regexp="a")


def test_the_alias_of_a_field_beside_a_marker_is_the_name_in_the_request(client_of):
    app = App()

    @app.post("/{wire}")
    async def handler(
        n: Annotated[int, Field(alias="wire"), Path()],
        q: Annotated[int, Field(alias="a-q"), Query()],
        h: Annotated[int, Field(validation_alias="a-h"), Header()],
        b: Annotated[list[int], Field(alias="a-b")],
        c: Annotated[int, Field(alias="not this"), Cookie(alias="a-c")] = 0,
        e: Annotated[int, Field(alias="a-e"), Body(embed=True)] = 0,
    ):
        return [n, q, h, b, c, e]

    sent = {"headers": {"a-h": "3", "cookie": "a-c=5"}, "json": {"a-b": [4], "a-e": 6}}
    assert client_of(app).post("/1?a-q=2", **sent).json() == [1, 2, 3, [4], 5, 6]
    described = app.openapi()["paths"]["/{wire}"]["post"]["parameters"]
    assert [each["name"] for each in described] == ["wire", "a-q", "a-h", "a-c"]


def test_a_function_of_two_paths_may_have_a_default_for_what_only_one_of_them_holds(client_of):
    app = App()

    @app.get("/burgers")
    @app.get("/shops/{shop}/burgers")
    async def handler(shop: str | None = None):
        return shop

    client = client_of(app)
    assert client.get("/burgers").json() is None
    assert client.get("/burgers?shop=a").json() == "a"
    assert client.get("/shops/a/burgers?shop=b").json() == "a"
    described = app.openapi()["paths"]
    assert [described[path]["get"]["parameters"][0]["required"] for path in described] == [True, False]


def test_a_key_of_the_query_may_have_the_name_of_a_part_of_the_path(client_of):
    app = App()

    @app.get("/{n}")
    async def handler(n: int, other: Annotated[int, Query(alias="n")], third: Annotated[int, Header(alias="n")]):
        return [n, other, third]

    assert client_of(app).get("/1?n=2", headers={"n": "3"}).json() == [1, 2, 3]


def test_a_default_is_checked_where_that_is_asked_for(client_of):
    app = App()

    @app.get("/")
    async def handler(n: Annotated[int, Query(gt=0, validate_default=True)] = -1):
        return n

    [refused] = client_of(app).get("/").json()["detail"]
    assert (refused["type"], refused["loc"], refused["input"]) == ("greater_than", ["query", "n"], -1)
    assert client_of(app).get("/?n=1").json() == 1


@pytest.mark.parametrize(("marker", "sent"), [(Query, "/?x={}"), (Header, "/"), (Cookie, "/"), (Form, "/")])
def test_a_text_that_holds_json_may_stand_for_any_type(client_of, marker, sent):
    class Wanted(BaseModel):
        sizes: list[int]

    app = App()

    @app.post("/")
    async def handler(x: Annotated[Json[Wanted], marker()]):
        return x.sizes

    def answer(text):
        place = {
            Header: {"headers": {"x": text}},
            Cookie: {"headers": {"cookie": f"x={text}"}},
            Form: {"data": {"x": text}},
        }
        return client_of(app).post(sent.format(text), **place.get(marker, {}))

    assert answer('{"sizes":[1,2]}').json() == [1, 2]
    assert [error["loc"][1:] for error in answer('{"sizes":["a"]}').json()["detail"]] == [["x", "sizes", 0]]
    assert answer("{sizes").json()["detail"][0]["type"] == "json_invalid"


CONSTRAINTS = {
    **dict.fromkeys(["title", "description", "serialization_alias", "validation_alias"], "a"),
    **dict.fromkeys(["gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length"], 1),
    **dict.fromkeys(["strict", "allow_inf_nan", "deprecated", "max_digits", "decimal_places"], True),
    "pattern": "a",
    "examples": [1],
    "json_schema_extra": {"a": 1},
    "default_factory": int,
    "discriminator": "kind",
}


@pytest.mark.parametrize("marker", MARKERS)
def test_a_marker_takes_what_pydantics_field_takes(marker):
    for name, value in CONSTRAINTS.items():
        assert marker(**{name: value}).constraints == {name: value}
        marker(**{name: value}).field(...)
    assert {kind.source for kind in MARKERS} == set(SOURCES)


def test_regex_is_the_old_name_of_pattern(client_of):
    with pytest.warns(FwlabDeprecationWarning, match=r"^`regex` has been deprecated, please use `pattern` instead$"):
        recorder = Recorder(str, Query(regex="^a+$"))
    client = client_of(recorder.app)
    assert (client.get("/?x=aa").status_code, client.get("/?x=ab").status_code) == (200, 422)
