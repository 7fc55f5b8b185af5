"""What runs before the first request and after the last: an app's, its routers', and the older events."""

import contextlib

import pytest

from fwlab import APIRouter, App, DefinitionError, Request


def noting(journal, name, state=None):
    @contextlib.asynccontextmanager
    async def lifespan(app):
        journal.append(f"{name} begins")
        yield state
        journal.append(f"{name} ends")

    return lifespan


def test_the_lifespans_of_routers_run_inside_the_app_s(client_of):
    journal = []
    inner = APIRouter(lifespan=noting(journal, "inner", {"inner": 1, "both": "inner"}))
    outer = APIRouter(lifespan=noting(journal, "outer"))
    app = App(lifespan=noting(journal, "app", {"app": 2, "both": "app"}))
    outer.include_router(inner)
    app.include_router(outer)

    @inner.get("/")
    async def handler(request: Request):
        return [request.state.inner, request.state.app]

    with client_of(app) as client:
        assert journal == ["app begins", "outer begins", "inner begins"]
        assert client.get("/").json() == [1, 2]
    assert journal[3:] == ["inner ends", "outer ends", "app ends"]


def test_a_lifespan_gets_the_app_and_may_be_a_plain_generator(client_of):
    seen = []

    async def lifespan(app):
        seen.append(app)
        yield {"n": 1}
        seen.append("end")

    app = App(lifespan=lifespan)
    app.get("/")(lambda: None)
    with client_of(app):
        assert seen == [app]
    assert seen == [app, "end"]


def test_a_failing_lifespan_of_a_router_ends_those_that_had_begun(client_of):
    journal = []

    @contextlib.asynccontextmanager
    async def fails(app):
        raise OSError("no oven")
        yield

    app, router = App(lifespan=noting(journal, "app")), APIRouter(lifespan=fails)
    app.include_router(router)
    with pytest.raises(OSError, match="no oven"), client_of(app):
        pass
    assert journal == ["app begins"]


@pytest.mark.parametrize("where", ["app", "router", "arguments"])
def test_the_older_events(client_of, where):
    journal = []

    async def start():
        journal.append("start")

    def start_in_a_thread():
        journal.append("start in a thread")

    def stop():
        journal.append("stop")

    if where == "arguments":
        app = App(on_startup=[start, start_in_a_thread], on_shutdown=[stop])
    else:
        app, router = App(), APIRouter()
        at = app if where == "app" else router
        app.include_router(router)
        for kind, function in (("startup", start), ("startup", start_in_a_thread), ("shutdown", stop)):
            with pytest.warns(DeprecationWarning, match="^on_event is deprecated, use lifespan event handlers instead"):
                assert at.on_event(kind)(function) is function
    with client_of(app):
        assert journal == ["start", "start in a thread"]
    assert journal[2:] == ["stop"]


def test_an_unknown_event():
    with (
        pytest.warns(DeprecationWarning, match="^on_event is deprecated"),
        pytest.raises(DefinitionError, match=r"^There is no event 'start'; there are 'startup' and 'shutdown'\.$"),
    ):
        App().on_event("start")(lambda: None)


def test_a_lifespan_goes_before_the_older_events(client_of):
    journal = []
    app = App(lifespan=noting(journal, "lifespan"), on_startup=[lambda: journal.append("event")])
    with client_of(app):
        pass
    assert journal == ["lifespan begins", "lifespan ends"]


def test_the_app_s_state_is_that_of_its_requests(client_of):
    app = App()
    app.state.kitchen = "open"

    @app.get("/")
    async def handler(request: Request):
        return request.app.state.kitchen

    assert client_of(app).get("/").json() == "open"
    with pytest.raises(AttributeError, match="nothing"):
        _ = app.state.nothing
