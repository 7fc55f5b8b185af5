"""Slips that any app can have: each is told, and an app that answers has none."""

from __future__ import annotations

import pytest

from fwlab import App
from fwlab.grading import Answer, Ask, Recording, Reply, record_requests
from fwlab.grading.slips import SLIPS, another_parameter, nobody_at_the_path

NO_ANSWER = Answer({}, {})


def app_with(path, method="get"):
    app = App()

    @getattr(app, method)(path)
    async def stock(item: str):
        return item

    return app


@pytest.mark.parametrize(
    ("path", "method", "slip", "said"),
    [
        ("/stocks/{item}", "get", nobody_at_the_path, "/stock/bun was asked for, and answered with status 404"),
        ("/stock/{item}", "post", nobody_at_the_path, "answered with status 405"),
        ("/stock/{name}", "get", another_parameter, "status 422: Field required (query, item)."),
    ],
)
def test_a_slip_is_told_and_no_other(path, method, slip, said):
    seen = record_requests(app_with(path, method), ["/stock/bun"])
    assert [look for look in SLIPS if look(seen, NO_ANSWER)] == [slip]
    assert said in slip(seen, NO_ANSWER).seen


def test_an_app_that_answers_has_none():
    seen = record_requests(app_with("/stock/{item}"), ["/stock/bun", Ask("/stock/fries")])
    assert [look(seen, NO_ANSWER) for look in SLIPS] == [None, None]


@pytest.mark.parametrize("body", [b"no", b"[]", b'{"detail": "no"}', b'{"detail": []}', b'{"detail": [1]}'])
def test_a_422_of_another_form_is_told_as_well(body):
    seen = Recording(replies=[Reply("/stock/bun", 422, body, None)])
    assert "something is wrong with what it was given" in another_parameter(seen, NO_ANSWER).seen
