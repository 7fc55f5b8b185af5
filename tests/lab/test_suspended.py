"""Where a coroutine that waits has come to."""

from __future__ import annotations

import types

from fwlab.lab.suspended import places_of_wait
from fwlab.places import users_place


@types.coroutine
def pause():
    yield


async def inner():
    await pause()


async def outer():
    await inner()


def test_a_suspended_coroutine_waits_in_its_innermost_line():
    waiting = outer()
    waiting.send(None)
    places = places_of_wait(waiting)
    assert [place.function for place in places] == ["inner", "outer"]
    assert users_place(places).text == "await pause()"
    waiting.close()
    assert places_of_wait(waiting) == []
