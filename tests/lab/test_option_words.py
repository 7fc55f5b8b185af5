"""A load's messages in the words of the command: each argument by the option that sets it, and no Python."""

from __future__ import annotations

import asyncio
import re

import pytest

from fwlab.lab import load
from fwlab.lab.errors import LoadError
from fwlab.lab.loading.option_words import in_options

NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("target", "arguments", "said"),
    [
        (NOBODY, {"users": 0}, "--users is a whole number from 1 on, and this is 0."),
        (NOBODY, {"users": 50, "requests": 3}, "--users 50 --requests 3: each user sends"),
        (NOBODY, {"users": 50, "requests": 3}, "Write --requests 50 or more"),
        (NOBODY, {"rate": 5, "duration": 2, "stagger": 1}, "--arrivals poisson makes"),
        (NOBODY, {"rate": 5, "duration": 1e9}, "or --requests."),
        (NOBODY, {"engine": "quick"}, "--engine is 'httpx' or 'raw', and this is 'quick'."),
        (NOBODY, {"headers": {"a": "1\n2"}}, "--header"),
        (NOBODY, {"path": "//x"}, "the path begins with one slash"),
        ("http://example.com", {}, "write --remote."),
        ("ftp://127.0.0.1", {}, "'ftp://127.0.0.1': an address begins with http://"),
        (NOBODY, {"users": 1, "requests": 1}, "Start a server there: fwlab run shop:app."),
    ],
)
def test_what_a_load_says_is_said_of_the_options(target, arguments, said):
    with pytest.raises(LoadError) as raised:
        asyncio.run(load(target, **arguments))
    told = in_options(str(raised.value))
    assert said in told
    assert not re.search(r"\bload\(|\w=|await ", told)


def test_what_is_no_argument_stays():
    assert in_options("Nothing listens on http://127.0.0.1:9 (refused).") == (
        "Nothing listens on http://127.0.0.1:9 (refused)."
    )
