"""What cannot work is refused when it is declared, with a message that names it and the mend."""

import dataclasses
import functools
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, Field

from fwlab import App, Body, DefinitionError, Depends, Header, Path, Query
from fwlab.signature import adapter_for, name_of, read_signature, signature_of


class Burger(BaseModel):
    name: str


class Opaque:
    """A class of the app that pydantic knows nothing about."""


class Cat(BaseModel):
    kind: str


def table() -> int:
    return 1


@dataclasses.dataclass
class Unhashable:
    number: int = 1

    def __call__(self):
        return self.number


def takes(annotation=Any, default=...):
    """Return a handler with the one argument ``x``."""

    async def handler(x): ...

    handler.__annotations__["x"] = annotation
    if default is not ...:
        handler.__defaults__ = (default,)
    return handler


def collects_positional(*values): ...
def collects_named(**values): ...
def positional_only(x, /): ...
def unknown_name(x: "Nowhere"): ...  # noqa: F821
def unknown_result() -> "Nowhere": ...  # noqa: F821
def unreadable_annotation(x: "int ="): ...  # noqa: F722


HANDLER = r"^handler 'handler' of GET /: argument 'x'"

REFUSED = [
    (collects_positional, "/", r"argument 'values' collects any number of values; name each argument instead\.$"),
    (collects_named, "/", r"argument 'values' collects any number of values; name each argument instead\.$"),
    (positional_only, "/", r"argument 'x' is positional-only, but arguments are passed by name; take out the '/'\.$"),
    (
        unknown_name,
        "/",
        r"^handler 'unknown_name' of GET /: its signature cannot be read \(name 'Nowhere' is not defined\); .* import",
    ),
    (unknown_result, "/", r"^handler 'unknown_result' of GET /: its signature cannot be read \(name 'Nowhere'"),
    (unreadable_annotation, "/", r"its signature cannot be read \(.*\); use a Python function, "),
    (int, "/", r"^handler 'int' of GET /: its signature cannot be read \(.*\); use a Python function, "),
    (None, "/", r"^handler 'NoneType' of GET /: its signature cannot be read \(None is not a callable object\); use a"),
    (takes(Annotated[int, Query(), Body()]), "/", rf"{HANDLER} has 2 markers \(.*\); keep one\.$"),
    (takes(Annotated[int, Query(), Depends(table)]), "/", rf"{HANDLER} has 2 markers"),
    (
        takes(Annotated[int, Query()], Body()),
        "/",
        rf"{HANDLER} has 2 markers \(\[Query\(\), Body\(\)\]\); keep one\.$",
    ),
    (takes(Annotated[int, Depends(table)], Depends(table)), "/", rf"{HANDLER} has 2 markers"),
    (
        takes(Annotated[int, Query(5)]),
        "/",
        rf"{HANDLER}: Query has a default inside Annotated; write `= 5` after it\.$",
    ),
    (
        takes(Annotated[int, Query(default_factory=int)], 5),
        "/",
        rf"{HANDLER} has a default and a default_factory; keep",
    ),
    (takes(int, Query(5, default_factory=int)), "/", rf"{HANDLER} has a default and a default_factory; keep one\.$"),
    (takes(Annotated[int, Query]), "/", rf"{HANDLER}: write Query\(\), with parentheses\.$"),
    (takes(int, Query), "/", rf"{HANDLER}: write Query\(\), with parentheses\.$"),
    (takes(int, Depends), "/", rf"{HANDLER}: write Depends\(\), with parentheses\.$"),
    (takes(int, Field(gt=3)), "/", rf"{HANDLER} has pydantic's Field as its default; write Query or Body instead\.$"),
    (
        takes(Annotated[int, Path()]),
        "/",
        rf"{HANDLER} is a Path parameter, but the path has no {{x}}; add it to the path",
    ),
    (takes(int, Path(3)), "/{x}", r"argument 'x' is in the path, so it is always there; take out its default\.$"),
    (takes(Annotated[int, Query()]), "/{x}", r"argument 'x' is in the path as {x}, so it cannot be a Query\.$"),
    (takes(Annotated[int, Body()]), "/{x}", r"argument 'x' is in the path as {x}, so it cannot be a Body\.$"),
    (takes(Burger), "/{x}", r"argument 'x' is Burger, which does not fit into a path; use a simple type such as int"),
    (takes(list[int]), "/{x}", r"argument 'x' is list\[int\], which does not fit into a path"),
    (
        takes(Annotated[Burger | Cat, Query()]),
        "/",
        rf"{HANDLER} is .*Burger \| .*Cat, which does not fit into a query; .* in the Body\.$",
    ),
    (takes(Annotated[dict, Query()]), "/", rf"{HANDLER} is dict, which does not fit into a query"),
    (takes(Annotated[list[Burger], Query()]), "/", rf"{HANDLER} is list\[.*Burger\], which does not fit into a query"),
    (
        takes(Opaque),
        "/",
        rf"{HANDLER}: Opaque is not a type whose values can be checked \(Unable to generate pydantic-core schema for "
        r"<class '.*Opaque'>\); use Python's types, dataclasses or pydantic models\.$",
    ),
    (takes(Annotated[int, Query(discriminator="kind")]), "/", rf"{HANDLER}: int is not a type .*union variant"),
    (takes(Annotated[str, Query(pattern="(")]), "/", rf"{HANDLER}: str is not a type .*unclosed group\)"),
    (
        takes(Annotated[Cat | Burger, Body(discriminator="kind")]),
        "/",
        rf"{HANDLER}: .* needs field 'kind' to be of type",
    ),
    (
        takes(default=Depends()),
        "/",
        rf"{HANDLER} depends on None, which cannot be called; pass a function, or give the argument a class as its ann",
    ),
    (
        takes(Annotated[int, Depends(5)]),
        "/",
        rf"{HANDLER} depends on 5, which cannot be called; pass a function, or give",
    ),
    (
        takes(Annotated[int, Depends(Unhashable())]),
        "/",
        rf"{HANDLER} depends on Unhashable\(number=1\), which has no hash",
    ),
    (
        takes(Annotated[int, Depends(Unhashable(), use_cache=False)]),
        "/",
        rf"{HANDLER} depends on .* give its class a __h",
    ),
    (
        takes(Annotated[int, Header(alias="größe")]),
        "/",
        rf"{HANDLER}: 'größe' cannot be a header's name; use an alias of",
    ),
    (
        takes(Annotated[int, Query(validation_alias=AliasPath("a", 0))]),
        "/",
        rf"{HANDLER}: its alias is no name of a key in the request; use a str\.$",
    ),
    (
        takes(Annotated[int, Query(validation_alias=AliasChoices("a", "b"))]),
        "/",
        rf"{HANDLER}: its alias is no name of a key in the request; use a str\.$",
    ),
    (takes(Annotated[int, Query(alias=5)]), "/", rf"{HANDLER}: its alias is no name of a key in the request"),
    (takes(Annotated[int, Depends(collects_named)]), "/", r"^dependency 'collects_named': argument 'values' collects"),
    (
        takes(Annotated[int, Depends(unknown_name)]),
        "/",
        r"^dependency 'unknown_name': its signature cannot be read \(name",
    ),
]


@pytest.mark.parametrize(("handler", "path", "message"), REFUSED)
def test_what_cannot_work_is_refused_at_registration(handler, path, message):
    app = App()
    before = list(app.router.routes)
    with pytest.raises(DefinitionError, match=message):
        app.get(path)(handler)
    assert app.router.routes == before
    assert app.openapi()["paths"] == {}


def test_a_dependency_that_leads_back_to_itself_is_refused():
    def first(x): ...
    def second(y): ...

    first.__defaults__ = (Depends(second),)
    second.__defaults__ = (Depends(first),)
    message = r"^dependency 'second': argument 'y' depends on itself \(first -> second -> first\); break the circle\.$"
    app = App()
    with pytest.raises(DefinitionError, match=message):
        app.get("/")(takes(Annotated[int, Depends(first)]))


def test_a_handler_that_depends_on_itself_is_refused():
    handler = takes()
    handler.__defaults__ = (Depends(handler),)
    with pytest.raises(DefinitionError, match=r"depends on itself \(handler -> handler\)"):
        App().get("/")(handler)


@pytest.mark.parametrize(
    ("dependencies", "message"),
    [
        ([table], r"among its dependencies is <function table at .*>; write it as Depends\(function\)\.$"),
        ([Depends()], r"depends on None, which cannot be called; pass a function, or give"),
        ([Depends(5)], r" depends on 5, which cannot be called; pass a function"),
    ],
)
def test_dependencies_beside_the_signature_are_checked_too(dependencies, message):
    with pytest.raises(DefinitionError, match=message):
        App().get("/", dependencies=dependencies)(takes())
    with pytest.raises(DefinitionError, match=message):
        App(dependencies=dependencies).get("/")(takes())


# The functions of the module


def test_a_signature_is_inputs_and_needs():
    def handler(
        n: int, item: Burger, q: Annotated[list[str], Query(alias="query")], t: Annotated[int, Depends(table)]
    ): ...

    *inputs, depends = read_signature(handler, ["n"], "handler").values()
    read = [(i.argument, i.alias, i.source, i.required, i.many, i.embedded) for i in inputs]
    assert read == [
        ("n", "n", "path", True, False, False),
        ("item", "item", "body", True, False, False),
        ("q", "query", "query", True, True, False),
    ]
    assert depends.dependency is table


def test_depends_alone_calls_its_annotation():
    depends = read_signature(takes(Opaque, Depends()), [], "handler")["x"]
    assert depends.dependency is Opaque
    assert depends.use_cache


def test_the_name_of_whatever_can_be_called():
    assert [name_of(f) for f in (table, Opaque, Unhashable(), functools.partial(table))] == [
        "table",
        "Opaque",
        "Unhashable",
        "partial",
    ]


def test_annotations_are_evaluated_where_the_function_was_defined():
    def handler(x: "Burger") -> "list[Burger]": ...

    signature = signature_of(handler, "handler")
    assert signature.parameters["x"].annotation is Burger
    assert signature.return_annotation == list[Burger]


def test_an_adapter_names_the_place_of_a_type_that_it_cannot_check():
    assert adapter_for(list[Burger], "here").validate_python([{"name": "a"}]) == [Burger(name="a")]
    with pytest.raises(DefinitionError, match=r"^here is not a type whose values can be checked"):
        adapter_for(Opaque(), "here")


def test_a_model_that_refers_to_what_is_not_there_yet_is_refused():
    class Order(BaseModel):
        guest: "Guest"  # noqa: F821

    with pytest.raises(DefinitionError, match=r"argument 'x': Order is not a type .*Guest"):
        App().post("/")(takes(Order))
