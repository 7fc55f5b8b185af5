"""Who blocks the loop is named in the log, with the line; who does not, is not."""

from __future__ import annotations

import logging
import threading

import anyio
import pytest

from fwlab import App, DefinitionError


class Told(logging.Handler):
    """Lets go whoever waits, as soon as the log has named them."""

    def __init__(self):
        super().__init__()
        self.messages: list[str] = []
        self.named = threading.Event()

    def emit(self, record):
        self.messages.append(record.getMessage())
        self.named.set()


@pytest.fixture
def told():
    handler = Told()
    logger = logging.getLogger("fwlab")
    logger.addHandler(handler)
    logger.propagate = False
    yield handler
    logger.propagate = True
    logger.removeHandler(handler)


def test_who_blocks_the_loop_is_named_while_it_happens(client_of, told):
    app = App(debug_block=0.01)

    @app.get("/blocks")
    async def blocks():
        assert told.named.wait(20)  # blocks the loop, until the log has said so

    assert client_of(app).get("/blocks").status_code == 200
    assert "GET /blocks has held the event loop for " in told.messages[0]
    assert "blocks: assert told.named.wait(20)" in told.messages[0]
    assert "GET /blocks let the event loop go on after " in told.messages[1]
    assert len(told.messages) == 2  # once, however long it takes


def test_who_waits_elsewhere_is_not_named(client_of, told):
    app = App(debug_block=0.05)
    looked = threading.Event()

    @app.get("/thread")
    def in_a_thread():
        looked.wait(0.2)

    @app.get("/pauses")
    async def pauses():
        await anyio.sleep(0.2)

    with client_of(app) as client:
        client.get("/thread")
        client.get("/pauses")
    assert [message for message in told.messages if "has held" in message and ("thread" in message)] == []
    assert [message for message in told.messages if "anyio.sleep" in message] == []


def test_an_exception_passes_through(client_of, told):
    app = App(debug_block=10)

    @app.get("/")
    async def fails():
        raise LookupError("no burger")

    with pytest.raises(LookupError, match="no burger"):
        client_of(app).get("/")


@pytest.mark.parametrize("seconds", [0, -1])
def test_it_takes_seconds_above_none(seconds):
    with pytest.raises(DefinitionError, match="seconds above 0"):
        App(debug_block=seconds)
