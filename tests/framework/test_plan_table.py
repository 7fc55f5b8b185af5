"""A plan can be read: in which order and lane what runs, and what each function takes."""

from typing import Annotated

import pytest

from fwlab import App, DefinitionError, Depends, Query, Request


def database():
    yield


async def user(db: Annotated[object, Depends(database)]): ...


@pytest.fixture
def app():
    app = App()

    @app.post("/orders/{n}")
    async def order(
        n: int,
        request: Request,
        who: Annotated[object, Depends(user)],
        db: Annotated[object, Depends(database)],
        note: Annotated[str | None, Query(alias="remark")] = None,
    ): ...

    @app.get("/orders/{n}")
    def orders(n: int): ...

    app.state.order = order
    return app


def test_a_plan_as_text(app):
    title, head, *lines = str(app.plan(app.state.order)).splitlines()
    assert title == "The plan of handler 'order' of POST /orders/{n}"
    assert head.split() == ["function", "lane", "takes", "afterwards"]
    assert [line.split()[:3] for line in lines] == [
        ["1", "database", "thread"],
        ["2", "user", "loop"],
        ["3", "order", "loop"],
    ]
    assert "kept for user, order; cleans up when the response is sent" in lines[0]
    assert "db: what database returned" in lines[1]
    assert "n: int from the path; note as 'remark': str | None from the query, optional" in lines[2]
    assert "request: the Request" in lines[2]


def test_a_plan_in_a_notebook_says_the_same_and_is_escaped(app):
    shown = app.plan(app.state.order)._repr_html_()
    assert "<table" in shown
    for word in ("database", "cleans up when the response is sent", "note as &#x27;remark&#x27;"):
        assert word in shown


def test_a_plan_is_found_by_path_method_or_handler(app):
    assert app.plan("/orders/{n}", "POST") is app.plan(app.state.order)
    with pytest.raises(DefinitionError, match=r"2 path operations are '/orders/\{n\}'; there are: POST .*; GET"):
        app.plan("/orders/{n}")
    with pytest.raises(DefinitionError, match="0 path operations are '/nowhere'; there are: "):
        app.plan("/nowhere")


def test_the_plan_is_what_runs(app, client_of):
    plan = app.plan("/orders/{n}", "GET")
    assert [step.name for step in plan.steps] == ["orders"]
    assert client_of(app).get("/orders/1").status_code == 200
