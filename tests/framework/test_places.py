"""Where a thread is, and whose code that is."""

from __future__ import annotations

import json
import threading

import anyio
import pytest

import fwlab
from fwlab.places import frame_of, is_users_file, places_in, users_place


def test_the_frame_of_a_thread_can_be_seen():
    """`sys._current_frames` is promised by nobody: this tells the day on which it changes."""
    inside, leave = threading.Event(), threading.Event()

    def known_function():
        inside.set()
        leave.wait()

    thread = threading.Thread(target=known_function)
    thread.start()
    inside.wait()
    places = places_in(frame_of(thread.ident))
    leave.set()
    thread.join()
    assert "known_function" in [place.function for place in places]
    assert users_place(places).text == "leave.wait()"
    assert frame_of(thread.ident) is None


@pytest.mark.parametrize(
    ("filename", "users"),
    [
        (__file__, True),
        ("/tmp/ipykernel_12/345.py", True),
        (json.__file__, False),
        (anyio.__file__, False),
        (fwlab.__file__, False),
        ("<frozen importlib._bootstrap>", False),
        ("<nowhere>", False),
    ],
)
def test_whose_code_it_is(filename, users):
    assert is_users_file(filename) is users
