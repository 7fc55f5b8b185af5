"""The burger shop, step by step: each step can be served alone, and keeps what the one before it could do."""

from __future__ import annotations

import importlib
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from fwlab import App, course
from fwlab.testclient import TestClient

FOLDER = Path(course.__file__).parent / "steps"
STEPS = sorted(path.stem for path in FOLDER.glob("step*.py"))
HEAVY = {"IPython", "aiosqlite", "matplotlib", "numpy", "scipy", "sklearn"}
"""What a step may need, and does not load before somebody asks for it."""


def app_of(step: str) -> App:
    app = importlib.import_module(f"fwlab.course.steps.{step}").app
    assert isinstance(app, App)
    return app


def operations(step: str) -> set[tuple[str, str]]:
    return {(method, path) for path, item in app_of(step).openapi()["paths"].items() for method in item}


def test_every_chapter_has_its_step():
    chapters = sorted(path.stem[:2] for path in course.course_folder().glob("notebooks/*.ipynb"))
    assert {f"step{chapter}" for chapter in chapters if chapter != "00"} <= set(STEPS)


@pytest.mark.parametrize(("before", "after"), list(itertools.pairwise(STEPS)))
def test_a_step_can_do_all_that_the_step_before_it_could(before: str, after: str):
    assert operations(before) <= operations(after)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_works(step: str):
    with TestClient(app_of(step)) as client:
        menu = client.get("/burgers").json()
        assert [client.get(f"/burgers/{burger['id']}").json() for burger in menu] == menu
        assert client.get("/burgers/0").json() == {"detail": "The menu ends with number 3."}
        assert client.get("/docs").status_code == 200


@pytest.mark.parametrize("step", STEPS)
def test_every_operation_says_what_it_does(step: str):
    for path, item in app_of(step).openapi()["paths"].items():
        for method, operation in item.items():
            assert operation.get("description"), f"{method.upper()} {path} of {step} has no docstring"


def test_no_step_loads_anything_heavy():
    loads = "; ".join(f"import fwlab.course.steps.{step}; print('{step}', *sys.modules)" for step in STEPS)
    run = subprocess.run([sys.executable, "-c", f"import sys; {loads}"], check=True, capture_output=True, text=True)
    loaded = {step: HEAVY.intersection(modules) for step, *modules in map(str.split, run.stdout.splitlines())}
    assert loaded == {step: set() for step in STEPS}


def test_the_log_tells_that_one_asks_while_another_waits():
    from fwlab.course.steps.step02 import app, log
    from fwlab.lab import load, virtual

    def asked_by(user: int, number: int) -> str:
        return "/loyalty/ada" if user == 0 else "/loyalty/ben"

    log.clear()
    virtual(lambda: load(app, asked_by, users=2, requests=2, warmup=0))
    assert list(log) == ["ada asks", "ben asks", "ada is answered", "ben is answered"]


@pytest.mark.parametrize(("step", "seconds"), [("step03", 0.8), ("step04", 0.4)])
def test_an_order_waits_one_after_the_other_and_then_for_all_at_once(step: str, seconds: float):
    from fwlab.lab import load, virtual

    order = {"customer": "ada", "burger": 2}
    run = virtual(lambda: load(app_of(step), "/orders", method="POST", json=order, users=3, requests=6))
    assert run.response_times == pytest.approx([seconds] * 6)


@pytest.mark.parametrize("step", [step for step in STEPS if step in {"step03", "step04"}])
def test_an_order_is_kept_under_its_number(step: str):
    with TestClient(app_of(step)) as client:
        order = client.post("/orders", json={"customer": "ada", "burger": 2})
        assert order.status_code == 201
        points = client.get("/loyalty/ada").json()["points"]
        assert order.json().items() >= {"customer": "ada", "burger": 2, "price": 7, "points": points}.items()
        assert client.get(f"/orders/{order.json()['number']}").json() == order.json()
        assert client.get("/orders/0").status_code == 404
        assert client.post("/orders", json={"customer": "ada", "burger": 9}).status_code == 404


def test_the_head_office_asks_the_prices_of_the_menu():
    from fwlab.course.kitchen import PRICES
    from fwlab.course.steps.step01 import MENU

    assert {burger.name: burger.price for burger in MENU.values()}.items() <= PRICES.items()


@pytest.mark.parametrize("step", ["step07", "step08"])
def test_a_picture_is_read(step: str):
    from fwlab.course.pictures import digit_of, picture

    with TestClient(app_of(step)) as client:
        assert client.post("/pictures", json={"pixels": picture(0)}).json() == {"digit": digit_of(0), "votes": 3}
        assert client.post("/pictures", json={"pixels": [17.0] * 64}).status_code == 422


def test_orders_overlap_at_the_cashier_and_have_numbers_of_their_own():
    from fwlab.course.steps.step05 import app
    from fwlab.lab import load, virtual

    order = {"customer": "ada", "burger": 1}
    run = virtual(lambda: load(app, "/orders", method="POST", json=order, users=8, requests=8, warmup=0))
    assert run.duration == pytest.approx(0.56)
    with TestClient(app) as client:
        one, two = (client.post("/orders", json=order).json() for _ in range(2))
        assert two["number"] == one["number"] + 1
        assert client.get(f"/orders/{one['number']}").json() == one
        assert client.get("/kitchen").json() == []
        assert client.post("/orders", json={**order, "burger": 9}).status_code == 404


def test_at_the_counter_as_many_are_served_as_there_are_cooks():
    from fwlab.course.steps.step06 import app, employ
    from fwlab.lab import load, virtual

    async def rush():
        employ(8)
        order = {"customer": "ada", "burger": 1}
        return await load(app, "/counter/orders", method="POST", json=order, users=16, requests=16, warmup=0)

    assert virtual(rush).duration == pytest.approx(2 * (8 * 0.02 + 0.4))
    with TestClient(app) as client:
        assert client.get("/counter/kitchen").json() == []
        assert client.post("/counter/orders", json={"customer": "ada", "burger": 9}).status_code == 404


def test_an_account_has_the_points_and_the_orders_of_whoever_asks():
    with TestClient(app_of("step10")) as client:
        number = client.post("/orders", json={"customer": "ada", "burger": 2}).json()["number"]
        account = client.get("/account", headers={"customer": "Ada"}).json()
        assert (account["customer"], account["points"]) == ("ada", client.get("/loyalty/ada").json()["points"])
        assert {"number": number, "customer": "ada", "burger": 2} in account["orders"]
        assert client.get("/account").status_code == 422


def test_more_customers_than_connections_and_threads_together_get_their_accounts():
    from fwlab.course.steps.step10 import CONNECTIONS, app, pool
    from fwlab.lab import load, virtual

    run = virtual(lambda: load(app, "/account", headers={"customer": "ben"}, users=100, requests=100, warmup=0))
    assert not run.errors
    assert max(run.response_times) == pytest.approx(0.2 + 100 / CONNECTIONS * 0.05)
    assert (pool().most_lent, pool().lent) == (CONNECTIONS, 0)


def test_a_delivery_has_the_offers_that_come_in_time_and_leaves_no_question_behind():
    from fwlab.course.steps.step11 import app
    from fwlab.grading import Ask, no_leaked_tasks, record_requests

    seen = record_requests(app, ["/delivery"])
    assert seen.replies[0].json() == {"bike": 5, "scooter": 4}
    assert seen.seconds == pytest.approx(0.5)
    assert no_leaked_tasks().look(seen) == ""
    left = record_requests(app, [Ask("/delivery", leaves_at=0.2)])
    assert {one.name: one.outcome for one in left.of("ask scooter", "ask van")} == {
        "ask scooter": "cancelled",
        "ask van": "cancelled",
    }


def test_a_courier_who_calls_back_is_awaited_and_called_off():
    from fwlab.course.steps.step12 import app
    from fwlab.grading import Ask, record_requests

    seen = record_requests(app, ["/delivery/van", "/delivery/drone", "/delivery/rocket"])
    assert [reply.status for reply in seen.replies] == [200, 503, 422]
    assert seen.replies[0].json() == {"van": 3}
    assert seen.seconds == pytest.approx(0.9)
    left = record_requests(app, [Ask("/delivery/van", leaves_at=0.2)])
    assert [one.outcome for one in left.of("ask van")] == ["cancelled"]


def test_the_shop_is_ready_when_it_was_prepared_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from fwlab.course.steps import step09, step15

    monkeypatch.setenv("SHOP_ORDERS", str(tmp_path / "orders.db"))
    step09.orders.cache_clear()
    try:
        with TestClient(step15.app) as client:
            assert client.get("/health").json() == {"condition": "alive"}
            assert client.get("/ready").status_code == 503
            assert list(tmp_path.iterdir()) == []
            for _ in range(2):  # to prepare it again changes nothing
                step15.prepare()
                assert client.get("/ready").json() == {"condition": "ready"}
            number = client.post("/orders", json={"customer": "ada", "burger": 2}).json()["number"]
            step15.prepare()
            assert client.get(f"/orders/{number}").json()["customer"] == "ada"
    finally:
        step09.orders.cache_clear()


def test_of_all_who_ask_the_market_one_does_and_the_others_get_its_answer():
    from fwlab.course.steps.step14 import app
    from fwlab.grading import Ask, record_requests

    seen = record_requests(app, [*["/market"] * 20, Ask("/market", at=5.0), Ask("/market", at=11.0)])
    assert {reply.body for reply in seen.replies} == {b'{"beef":9,"buns":1,"cheese":4}'}
    assert [one.name for one in seen.activities if one.name.startswith("ask market")] == [
        f"ask market for {item}" for item in ("beef", "buns", "cheese")
    ] * 2


def test_the_sign_needs_no_framework_and_hangs_in_the_shop():
    from fwlab.course.steps.step16 import app, sign

    assert TestClient(sign).get("/").json() == "We are open."
    with TestClient(app) as client:
        assert client.get("/sign").json() == client.get("/sign/at/the/door").json() == "We are open."
