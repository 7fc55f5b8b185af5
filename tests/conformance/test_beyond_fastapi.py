"""What docs/fastapi.md says that fwlab does and FastAPI does not: here its programs run on FastAPI, and fail.

`make conformance` runs these tests, in the environment that has FastAPI.
"""

import ast
import asyncio
import re
import sys
import types
import warnings
from pathlib import Path

import pytest

fastapi = pytest.importorskip("fastapi", reason="FastAPI is not installed here; `make conformance` has it")

PAGE = Path(__file__).parents[2] / "docs" / "fastapi.md"


def program(beginning):
    """The first program of the page after a sentence, as FastAPI's."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(beginning)
    assert rest, f"docs/fastapi.md no longer says {beginning!r}"
    code = re.search(r"^```python\n(.*?)^```$", rest, re.MULTILINE | re.DOTALL)[1]
    return re.sub(r"\bApp\b", "FastAPI", re.sub(r"\bfwlab\b", "fastapi", code))


def holding(code):
    """Run a program statement by statement; return those of its assertions that hold."""
    module = types.ModuleType("program")
    sys.modules["program"] = module
    held = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for statement in ast.parse(code).body:
            try:
                exec(compile(ast.Module([statement], []), "docs/fastapi.md", "exec"), vars(module))
            except Exception:
                if isinstance(statement, (ast.Import, ast.ImportFrom)):  # these must not be what fails
                    raise
            else:
                held += [ast.unparse(statement)] if isinstance(statement, ast.Assert) else []
    return held


def test_no_assertion_about_what_differs_holds_on_fastapi():
    code = program("no `assert` in it holds on FastAPI")
    assert code.count("assert ") >= 8
    assert holding(code) == []


def test_all_assertions_of_the_first_program_hold_on_fastapi():
    """So that the test above fails for FastAPI's reasons and not for its own."""
    code = program("`/openapi.json`. This page says how that is held")
    assert len(holding(code)) == code.count("assert ") > 0


@pytest.mark.parametrize(
    "option", [{"run_in": "process"}, {"cancel_on_disconnect": True}, {"concurrent_dependencies": True}]
)
def test_a_path_operation_of_fastapi_has_no_such_option(option):
    with pytest.raises(TypeError, match=next(iter(option))):
        fastapi.FastAPI().get("/", **option)


def test_an_app_of_fastapi_has_no_plan_and_no_lanes():
    app = fastapi.FastAPI()
    assert not hasattr(app, "plan")
    assert not hasattr(app, "lanes")


def calls(app, path):
    """How many functions a request calls."""
    counted = 0

    def count(frame, event, argument):
        nonlocal counted
        counted += event == "call"

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message): ...

    async def request():
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
        scope |= {"headers": [], "http_version": "1.1", "scheme": "http", "server": None, "client": None}
        await app({**scope, "root_path": ""}, receive, send)
        sys.setprofile(count)
        try:
            await app({**scope, "root_path": ""}, receive, send)
        finally:
            sys.setprofile(None)

    asyncio.run(request())
    return counted


def with_routes(many):
    app = fastapi.FastAPI()
    for number in range(many):
        app.get(f"/{number}/{{name}}")(lambda name: name)

    @app.get("/last/{name}")
    async def last(name: str):
        return name

    return app


def test_each_route_of_fastapi_costs_a_request_more():
    assert calls(with_routes(200), "/last/x") > 2 * calls(with_routes(2), "/last/x")
