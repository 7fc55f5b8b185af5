"""From a method and a path to a path operation: held against a plain scan over the routes, one after the other."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fwlab import App, DefinitionError
from fwlab.routes import PathTemplate
from fwlab.routing import APIRouter, BaseRoute


class Named(BaseRoute):
    """A route of one method that has a name and answers nothing: the router never looks at what it does."""

    def __init__(self, path, method, name):
        self.path, self.template = path, PathTemplate(path, "handler")
        self.methods = frozenset({method})
        self.method = method
        self.name = name


def route(path, method="GET", name="handler"):
    return Named(path, method, name)


def router_of(*routes):
    router = APIRouter()
    for each in routes:
        router.add(each)
    return router


def match(router, path, method="GET"):
    """Return the matched route's path and values; None where there is none."""
    found = router.index.match(method, path)
    return None if found is None else (found[0].template.text, found[1])


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/", "/", {}),
        ("/burgers", "/burgers", {}),
        ("/burgers/", "/burgers/", {}),
        ("/burgers/{n}", "/burgers/5", {"n": "5"}),
        ("/burgers/{n}", "/burgers/5 ä", {"n": "5 ä"}),
        ("/burgers/{n:str}", "/burgers/5", {"n": "5"}),
        ("/burgers/{n:int}", "/burgers/5", {"n": 5}),
        ("/burgers/{n:float}", "/burgers/5.5", {"n": 5.5}),
        ("/burgers/{n:float}", "/burgers/5", {"n": 5.0}),
        ("/burgers/{n}/with/{sauce}", "/burgers/5/with/mayo", {"n": "5", "sauce": "mayo"}),
        ("/burgers/{n}/", "/burgers/5/", {"n": "5"}),
        ("/files/{name}.{kind}", "/files/a.b.c", {"name": "a.b", "kind": "c"}),
        ("/v{version:int}/{n}", "/v2/x", {"version": 2, "n": "x"}),
        ("/files/{where:path}", "/files/a/b/c", {"where": "a/b/c"}),
        ("/files/{where:path}", "/files/", {"where": ""}),
        ("/files/{where:path}", "/files//a", {"where": "/a"}),
        ("/files/{where:path}", "/files/a\nb", {"where": "a\nb"}),
        ("/files/{where:path}/size", "/files/a/b/size", {"where": "a/b"}),
        ("/{a}/files/{where:path}/{n:int}", "/x/files/a/b/7", {"a": "x", "where": "a/b", "n": 7}),
        ("/(.*)+[x]", "/(.*)+[x]", {}),
        ("/a.{kind}", "/a.txt", {"kind": "txt"}),
    ],
)
def test_a_path_that_fits(template, path, values):
    assert match(router_of(route(template)), path) == (template, values)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/burgers", "/burgers/"),
        ("/burgers", "/Burgers"),
        ("/burgers", "burgers"),
        ("/burgers/{n}", "/burgers/"),
        ("/burgers/{n}", "/burgers"),
        ("/burgers/{n}", "/burgers/5/6"),
        ("/burgers/{n:int}", "/burgers/-5"),
        ("/burgers/{n:int}", "/burgers/five"),
        ("/burgers/{n:int}", "/burgers/\u0665"),
        ("/burgers/{n:int}", "/burgers/" + "9" * 5000),
        ("/burgers/{n:float}", "/burgers/5."),
        ("/files/{name}.{kind}", "/files/a."),
        ("/files/{where:path}", "/files"),
        ("/files/{where:path}/size", "/files/size"),
        ("/a.{kind}", "/abtxt"),
    ],
)
def test_a_path_that_does_not_fit(template, path):
    assert match(router_of(route(template)), path) is None


def test_other_methods_of_a_path_are_allowed():
    router = router_of(
        route("/burgers/{n}", "GET"),
        route("/burgers/{n}", "PUT"),
        route("/burgers/special", "POST"),
        route("/burgers/{where:path}", "DELETE"),
    )
    assert match(router, "/burgers/special", "PATCH") is match(router, "/burgers/5", "POST") is None
    assert router.index.methods("/burgers/special") == ["DELETE", "GET", "POST", "PUT"]
    assert router.index.methods("/burgers/5") == ["DELETE", "GET", "PUT"]


def test_the_first_declared_wins():
    template_first = router_of(route("/users/{name}"), route("/users/me"))
    assert match(template_first, "/users/me") == ("/users/{name}", {"name": "me"})
    exact_first = router_of(route("/users/me"), route("/users/{name}"))
    assert match(exact_first, "/users/me") == ("/users/me", {})
    assert match(exact_first, "/users/you") == ("/users/{name}", {"name": "you"})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/{x}/b", "/a/{x}"),
        ("/{where:path}", "/a/{x}"),
        ("/{x}.{y}/b", "/{x}/b"),
        ("/{x}/{where:path}", "/a/b/{x}"),
        ("/{x}/b", "/a/b"),
    ],
)
def test_of_two_templates_the_first_declared_wins_however_the_index_is_walked(first, second):
    path = "/a/b/c" if second.count("/") == 3 else "/a.c/b" if "." in first else "/a/b"
    assert match(router_of(route(first), route(second)), path)[0] == first
    assert match(router_of(route(second), route(first)), path)[0] == second


def test_the_first_declared_wins_method_by_method():
    router = router_of(route("/users/{name}", "PUT"), route("/users/me", "GET"), route("/users/me", "PUT"))
    assert match(router, "/users/me", "GET") == ("/users/me", {})
    assert match(router, "/users/me", "PUT") == ("/users/{name}", {"name": "me"})


def test_of_two_names_for_one_path_the_first_wins():
    router = router_of(route("/", name="one"), route("/", name="two"))
    assert router.index.match("GET", "/")[0].name == "one"


def test_the_same_route_again_takes_the_place_of_the_old_one():
    old, other, new = route("/{n}", name="same"), route("/x", name="other"), route("/{n}", name="same")
    router = router_of(old, other)
    assert router.index.match("GET", "/x")[0] is old
    router.add(new)
    assert router.routes == [new, other]
    assert router.index.match("GET", "/x")[0] is new
    router.add(route("/{n}", "PUT", name="same"))
    assert len(router.routes) == 3


def test_a_route_may_be_added_or_replaced_after_the_first_request():
    router = router_of(route("/x"))
    assert match(router, "/y") is None
    router.add(route("/y"))
    assert match(router, "/y") == ("/y", {})
    new = route("/x")
    router.add(new)
    assert router.index.match("GET", "/x")[0] is new


def test_a_cell_that_runs_again_replaces_its_path_operation(client_of):
    app = App()
    client = client_of(app)

    def cell(version):
        @app.get("/burgers/{n}")
        async def burgers(n: int):
            return [version, n]

    cell(1)
    assert client.get("/burgers/2").json() == [1, 2]
    cell(2)
    assert client.get("/burgers/2").json() == [2, 2]

    @app.get("/burgers/{n}")
    async def other(n: int):
        return "never"

    assert client.get("/burgers/2").json() == [2, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/{", r"^it: the path '/{' has a brace without its partner\.$"),
        ("/a}", r"^it: the path '/a}' has a brace without its partner\.$"),
        ("/{{n}}", r"has a brace without its partner\.$"),
        ("/{}", r"^it: in the path '/{}', {} needs the name of an argument\.$"),
        ("/{1}", r"\{1} needs the name of an argument\.$"),
        ("/{a b}", r"{a b} needs the name of an argument\.$"),
        ("/{:int}", r"{:int} needs the name of an argument\.$"),
        ("/{n}/{n}", r"^it: the path '/{n}/{n}' has {n} twice; give each its own name\.$"),
        (
            "/{n:number}",
            r"^it: in the path '/{n:number}', {n:number} names no known kind; use one of str, path, int, float, uu",
        ),
    ],
)
def test_a_template_that_does_not_parse(text, message):
    with pytest.raises(DefinitionError, match=message):
        PathTemplate(text, "it")
    app = App()
    before = list(app.router.routes)
    with pytest.raises(DefinitionError):
        app.get(text)(lambda: None)
    assert app.router.routes == before


def test_a_template_without_its_convertors_is_openapi_s():
    template = PathTemplate("/files/{where:path}/{n}/{size:int}", "it")
    assert (template.openapi, tuple(template.names)) == ("/files/{where}/{n}/{size}", ("where", "n", "size"))


# The oracle: FastAPI's way, a scan over the routes in the order of their declaration.

PATTERNS = {"str": "[^/]+", "path": ".*", "int": "[0-9]+", "float": r"[0-9]+(?:\.[0-9]+)?"}


def scan(routes, method, path):
    others = set()
    for each in routes:
        pattern = ""
        for literal, name, kind in re.findall(r"([^{]*)(?:\{(\w+):?(\w*)\})?", each.template.text):
            pattern += re.escape(literal) + (f"(?P<{name}>{PATTERNS[kind or 'str']})" if name else "")
        if found := re.fullmatch(pattern, path, re.DOTALL):
            if each.method == method:
                return each.template.text, found.groupdict()
            others.add(each.method)
    return sorted(others)


def asked(router, method, path):
    return match(router, path, method) or router.index.methods(path)


LITERALS = st.sampled_from(["a", "b", "1", "1.5", ""])
PARAMETERS = st.sampled_from(
    ["{%s}", "{%s:int}", "{%s:float}", "{%s:path}", "a{%s}", "{%s}b", "{%s}.{%s}", "{%s:path}.b"]
)
METHODS = st.sampled_from(["GET", "PUT"])


@st.composite
def templates(draw):
    parts = draw(st.lists(st.one_of(LITERALS, PARAMETERS), max_size=4))
    names = iter(string.ascii_lowercase)
    return "/" + "/".join(re.sub("%s", lambda _: next(names), part) for part in parts)


SEGMENTS = st.sampled_from(["a", "b", "ab", "aab", "1", "12", "1.5", "a.b", ".b", "x.b", "", "\n"])
PATHS = st.lists(SEGMENTS, max_size=5).map(lambda parts: "/" + "/".join(parts))


@st.composite
def declarations(draw):
    """Some templates, each with its method, and paths of which most fit one of them, and often two."""
    declared = draw(st.lists(st.tuples(templates(), METHODS), max_size=8))
    fitting = [re.sub(r"\{[^}]*\}", lambda _: draw(SEGMENTS), text) for text, _ in declared]
    return declared, fitting + draw(st.lists(PATHS, max_size=4))


@settings(max_examples=150, deadline=None)
@given(declarations(), METHODS)
def test_the_index_finds_what_a_scan_finds(declared_and_paths, method):
    declared, paths = declared_and_paths
    routes = [route(text, verb, name=f"handler{n}") for n, (text, verb) in enumerate(declared)]
    router = router_of(*routes)
    for path in paths:
        expected = scan(routes, method, path)
        found = asked(router, method, path)
        if isinstance(found, tuple) and isinstance(found[1], dict):
            found = found[0], {name: str(value) for name, value in found[1].items()}
            convert = dict(_convertors(routes, found[0]))
            expected = expected[0], {name: str(convert[name](value)) for name, value in expected[1].items()}
        assert found == expected


def _convertors(routes, text):
    template = next(each.template for each in routes if each.template.text == text)
    return template.names


@settings(max_examples=100, deadline=None)
@given(st.lists(templates(), min_size=1, max_size=8), st.data())
def test_a_route_that_is_declared_again_keeps_its_place(declared, data):
    routes = [route(text, name=f"handler{n}") for n, text in enumerate(declared)]
    router = router_of(*routes)
    again = data.draw(st.sampled_from(routes))
    asked(router, "GET", "/a")  # the index is made, and has to be made again
    new = route(again.template.text, name=again.name)
    router.add(new)
    assert router.routes == [new if each is again else each for each in routes]
    fresh = router_of(*router.routes)
    for path in data.draw(st.lists(PATHS, max_size=5)):
        assert asked(router, "GET", path) == asked(fresh, "GET", path)
