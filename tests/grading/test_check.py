"""`check` in a cell: whose names it judges, what it leaves in peace, and that the kernel lives on."""

from __future__ import annotations

import asyncio
import threading

import nbformat
import pytest
from nbclient import NotebookClient

from fwlab.course import supplier
from fwlab.exceptions import FwlabError
from fwlab.grading import State, UnknownExerciseError, check
from fwlab.lab import serve

from .conftest import E01, SOLUTION, STARTER, handler, judge_cell, run_cell

# The exception that ends a thread may strike in a callback of the garbage collector (hypothesis has one), which cannot
# pass it on; the next attempt ends the thread.
may_strike_anywhere = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_it_judges_the_names_around_it():
    names = run_cell(SOLUTION)
    run_cell("from fwlab.grading import check\nverdict = check('e01.1')", names)
    assert names["verdict"].right


def test_a_cell_that_was_not_run_is_unattempted():
    [task] = check("e01.1", namespace={}).tasks
    assert task.state is State.UNATTEMPTED
    assert "not been run" in task.seen


@pytest.mark.parametrize(
    "cell",
    [STARTER + "\n\n# my own thoughts\n", STARTER.replace("\n\n\n", "\n"), STARTER.replace('"item"', "'item'")],
    ids=["comment", "blank lines", "quotes"],
)
def test_a_starter_that_only_looks_different_is_unattempted(cell):
    assert judge_cell(cell).state is State.UNATTEMPTED


def test_a_starter_with_a_change_that_does_not_help_is_wrong():
    assert judge_cell(STARTER.replace("pieces = ask", "left = ask").replace(": pieces", ": left")).state is State.WRONG


def test_an_answer_whose_text_nobody_knows_is_judged_too():
    names = {}
    exec(SOLUTION, names)
    assert check("e01.1", namespace=names).right


def test_an_unknown_exercise_is_an_error_that_names_those_there_are():
    with pytest.raises(UnknownExerciseError, match=r"no exercise 'e77'.*e01") as error:
        check("e77")
    assert isinstance(error.value, FwlabError)


def test_what_the_learners_app_remembers_is_left_in_peace():
    names = run_cell(
        handler('asked.append(item)\nreturn {"item": item}').replace("app = App()", "app = App()\nasked = []")
    )
    check("e01.1", namespace=names)
    assert names["asked"] == []


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_lock_that_was_used_on_the_kernels_loop_is_no_mistake():
    cell = handler(
        'async with room:\n    return {"item": item, "pieces": await asyncio.to_thread(ask_supplier, item)}'
    ).replace("app = App()", "app = App()\nroom = asyncio.Semaphore(5)")
    names = run_cell(cell)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(6):
            tasks.create_task(names["room"].acquire())
        await asyncio.sleep(0)
        names["room"].release()
    assert check("e01.1", namespace=names).right


def test_a_check_in_the_cell_that_it_checks_does_no_harm():
    names = run_cell(SOLUTION + "\nfrom fwlab.grading import check\nverdict = check('e01.1')\n")
    assert check("e01.1", namespace=names).right


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_it_is_a_plain_call_also_while_a_loop_is_running_and_serving():
    names = run_cell(SOLUTION)
    async with serve(names["app"]):
        assert check("e01.1", namespace=names).right


@may_strike_anywhere
@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (handler("while True: pass"), "while True: pass"),
        (handler("while True: await anyio.sleep(0)"), "while True: await anyio.sleep(0)"),
        (handler("while True: time.sleep(0.001)", kind="def"), "while True: time.sleep(0.001)"),
        (handler("await asyncio.Event().wait()"), "await asyncio.Event().wait()"),
        (handler("while True:\n    try: time.sleep(0.001)\n    except Exception: pass"), "try: time.sleep(0.001)"),
    ],
    ids=["busy", "busy but polite", "in threads", "waits for ever", "catches exceptions"],
)
def test_a_handler_that_never_ends_is_timed_out_at_its_line_and_stopped(answer, line):
    task = judge_cell(answer, time_limit=0.5)
    assert task.state is State.TIMED_OUT
    assert line in task.seen
    assert "0.5 s" in task.seen
    assert "still running" not in task.seen
    assert "fwlab-check" not in [thread.name for thread in threading.enumerate()]


@may_strike_anywhere
def test_a_handler_that_cannot_be_stopped_is_said_to_be_running(monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(supplier, "gate", gate, raising=False)  # its wait is in C: no exception can cut it short
    try:
        task = judge_cell(
            handler("from fwlab.course import supplier\nsupplier.gate.wait()", kind="def"), time_limit=0.2
        )
    finally:
        gate.set()
    assert task.state is State.TIMED_OUT
    assert "supplier.gate.wait()" in task.seen
    assert "restart the kernel" in task.seen


def notebook_of(*cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def test_in_a_real_kernel_the_verdict_is_displayed_and_the_kernel_lives_on():
    check_cell = "from fwlab.grading import check\n\ncheck('e01.1')"
    notebook = notebook_of(
        STARTER,
        check_cell,
        (E01 / "wrong" / "still_blocking.py").read_text(),
        check_cell,
        handler("while True: pass"),
        "check('e01.1', time_limit=1)",
        SOLUTION,
        check_cell,
        "import threading\n'fwlab-check' in [thread.name for thread in threading.enumerate()]",
    )
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [[output for output in cell.outputs if output.output_type == "execute_result"] for cell in notebook.cells]
    texts = [output[0]["data"]["text/plain"] if output else "" for output in outputs]
    assert "unattempted" in texts[1]
    assert "wrong" in texts[3]
    assert "of stock: pieces = ask_supplier(item)" in texts[3]
    assert "timed out" in texts[5]
    assert "while True: pass" in texts[5]
    assert "right, 2 of 2 points" in texts[7]
    assert texts[8] == "False"
    assert "<section" in outputs[7][0]["data"]["text/html"]
