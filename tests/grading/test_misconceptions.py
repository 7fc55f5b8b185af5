"""Each detector tells the answer that comes from its misconception, and is silent about one that does not."""

from __future__ import annotations

import pytest

from fwlab.grading import record, record_requests
from fwlab.grading.answer import answer_of
from fwlab.grading.misconceptions import MISCONCEPTIONS, known

HEAD = """
import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import anyio

from fwlab import App
from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty, stir_sauce
from fwlab.lab import burn

app = App()
"""

WRONG = {
    "M1": "async def main():\n    time.sleep(1)",
    "M2": (
        "lock = asyncio.Lock()\n\nasync def cook():\n    async with lock:\n"
        "        await asyncio.to_thread(stir_sauce)\n\nasync def main():\n    await asyncio.gather(cook(), cook())"
    ),
    "M3": "async def main():\n    bake_bun()",
    "M4": "async def main():\n    await bake_bun()\n    await grill_patty()",
    "M4 in a loop": "async def main():\n    for make in (bake_bun, grill_patty):\n        await make()",
    "M4 with tasks": (
        "async def main():\n    await asyncio.create_task(bake_bun())\n    await asyncio.create_task(grill_patty())"
    ),
    "M5": "async def work():\n    burn(1)\n\nasync def main():\n    await asyncio.gather(work(), work())",
    "M6": (
        "async def main():\n    await asyncio.gather(asyncio.to_thread(burn, 1), asyncio.to_thread(burn, 1))\n"
        "    assert time.perf_counter() == 2"
    ),
    "M7": (
        "async def main():\n    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(100))\n"
        "    await anyio.to_thread.run_sync(stir_sauce)"
    ),
    "M8": (
        "async def main():\n    async with anyio.create_task_group() as group:\n        for _ in range(50):\n"
        "            group.start_soon(anyio.to_thread.run_sync, stir_sauce)"
    ),
    "M10": "def helper():\n    stir_sauce()\n\nasync def main():\n    helper()",
    "M11": (
        "stock = 1\n\nasync def buy():\n    global stock\n    left = stock\n    await asyncio.sleep(0)\n"
        "    stock = left - 1\n\nasync def main():\n    await asyncio.gather(buy(), buy())"
    ),
    "M11 in one line": (
        "till = {'sum': 0}\n\nasync def pay():\n    till['sum'] += await asyncio.sleep(0, 3)\n\n"
        "async def main():\n    await asyncio.gather(pay(), pay())"
    ),
    "M13": (
        "async def buy():\n    async with asyncio.Lock():\n        await asyncio.sleep(0)\n\n"
        "async def main():\n    await asyncio.gather(buy(), buy())"
    ),
    "M14": "async def main():\n    asyncio.create_task(bake_bun())\n    await asyncio.sleep(0)",
    "M14 with an exception": (
        "async def boom():\n    raise ValueError('burnt')\n\nasync def main():\n"
        "    asyncio.create_task(boom())\n    await asyncio.sleep(1)"
    ),
    "M15": "async def main():\n    asyncio.run(bake_bun())",
}

RIGHT = """
stock = 1
lock = asyncio.Lock()

async def buy():
    global stock
    async with lock:
        await asyncio.sleep(0)
    stock -= 1

async def main():
    await asyncio.gather(bake_bun(), grill_patty(), asyncio.to_thread(stir_sauce), asyncio.to_thread(stir_sauce), buy())
"""


def judged(source, name):
    answer = answer_of(HEAD + source, name)
    return record(answer.require("main")), answer


@pytest.mark.parametrize("name", WRONG)
def test_it_tells_the_answer_that_comes_from_it(name):
    [detector] = known(name.split()[0])
    finding = detector(*judged(WRONG[name], name))
    assert finding is not None
    assert finding.seen
    assert finding.to_try.endswith("?")
    assert (detector.__doc__ or "").startswith(name.split()[0])


@pytest.mark.parametrize("name", MISCONCEPTIONS)
def test_it_is_silent_about_a_right_answer(name):
    seen, answer = judged(RIGHT, "right")
    assert seen.failure is None
    assert MISCONCEPTIONS[name](seen, answer) is None


def test_every_detector_is_tried():
    assert {name.split()[0] for name in WRONG} == set(MISCONCEPTIONS)


def test_the_culprits_line_is_quoted():
    [blocking] = known("M1")
    assert "line 15 of main: time.sleep(1)" in blocking(*judged(WRONG["M1"], "M1")).seen
    [sequential, forgotten, lost] = known("M4", "M3", "M14")
    assert "await make()" in sequential(*judged(WRONG["M4 in a loop"], "M4")).seen
    assert "when the first was over: line 15: await bake_bun()" in sequential(*judged(WRONG["M4"], "M4")).seen
    assert "The call is in line 15: bake_bun()" in forgotten(*judged(WRONG["M3"], "M3")).seen
    assert "started in line 15: asyncio.create_task(bake_bun())" in lost(*judged(WRONG["M14"], "M14")).seen


def test_a_queue_is_not_taken_for_waits_in_a_row():
    [sequential] = known("M4")
    queue = WRONG["M2"].replace("asyncio.to_thread(stir_sauce)", "bake_bun()")
    finding = sequential(*judged(queue, "M4 with a lock"))
    assert "They queue at line 14: asyncio.Lock()" in finding.seen
    assert "lets in one at a time" in finding.to_try


def test_it_knows_a_forgotten_await_from_the_frameworks_error():
    answer = answer_of(
        f"{HEAD}\nasync def bun():\n    return 1\n\n@app.get('/')\nasync def root():\n    return bun()", "e"
    )
    [forgotten] = known("M3")
    assert "`bun` was called and not awaited" in forgotten(record_requests(answer.require("app"), ["/"]), answer).seen
