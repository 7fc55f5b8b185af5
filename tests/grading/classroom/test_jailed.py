"""Verdicts on code in a jail: the same as in this process, and every honest part of a submission gets its points."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fwlab.grading import State
from fwlab.grading.classroom.jailed import judge_in_jail
from fwlab.grading.exercise import find_exercise
from fwlab.grading.jail.jail import Jail
from fwlab.grading.jail.limits import Limits
from fwlab.grading.notebook import parsed_notebook

from .course import SECRET, SOLUTIONS, STARTERS, WRONG, notebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: the walls are made of its calls")

RIGHT, WRONG_STATE, ERROR, TIMED_OUT = State.RIGHT, State.WRONG, State.ERROR, State.TIMED_OUT


def states(verdict):
    return [task.state for task in verdict.tasks]


def test_right_answers_get_all_points(verdict_on):
    verdict = verdict_on()
    assert states(verdict) == [RIGHT, RIGHT, RIGHT], str(verdict)
    assert (verdict.points, verdict.out_of, verdict.notes) == (4, 4, ())


def test_starters_are_unattempted(verdict_on):
    assert set(states(verdict_on(STARTERS))) == {State.UNATTEMPTED}


def test_wrong_answers_get_their_diagnosis(verdict_on):
    verdict = verdict_on(WRONG)
    assert states(verdict) == [WRONG_STATE] * 3
    assert [task.diagnosis for task in verdict.tasks] == [
        "every-answer-is-right",
        "too-cheap",
        "both-begin-before-either-ends",
    ]


def test_an_exception_is_told_with_the_learners_line(verdict_on):
    verdict = verdict_on({2: "def price(n):\n    return n['x']\n"})
    assert states(verdict) == [RIGHT, ERROR, RIGHT]
    assert "line 2, in price\n    return n['x']" in verdict.tasks[1].seen
    assert "fwlab" not in verdict.tasks[1].seen


def test_it_is_the_same_verdict_twice(verdict_on):
    assert verdict_on(WRONG).to_dict() == verdict_on(WRONG).to_dict()


# Each of these is bounded by itself: were there no walls, it would end, start two processes, or fill some megabytes.
CHEATS = {
    "an endless loop in a cell": ("while True: pass", TIMED_OUT, "while True: pass"),
    "an endless loop that catches everything": (
        "import time\nend = time.monotonic() + 60\nwhile time.monotonic() < end:\n"
        "    try:\n        while time.monotonic() < end: pass\n    except BaseException: pass",
        TIMED_OUT,
        "",
    ),
    "an endless call that holds the interpreter": ("sum(iter(int, 1))", TIMED_OUT, "Out of time"),
    "os._exit": ("import os\nos._exit(0)", ERROR, "ended its whole process in cell 2, with exit status 0"),
    "sys.exit": ("import sys\nsys.exit()", ERROR, "SystemExit"),
    "a fork bomb": (
        "import os\nfor _ in range(2):\n    if os.fork() == 0:\n        os._exit(0)",
        ERROR,
        "Operation not permitted",
    ),
    "other programs": ("import subprocess\nsubprocess.run(['true'])", ERROR, "Operation not permitted"),
    "100 GB of memory": ("memory = bytearray(100 * 10**9)", ERROR, "MemoryError"),
    "100 GB of memory, bit by bit": (
        "memory = [bytes(10**7) for _ in range(10_000)]",  # zeros that nobody writes to: the system lends them
        ERROR,
        "MemoryError",
    ),
    "kill -9 of the parent": ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", ERROR, "not permitted"),
    "a crash": (
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class Deep:\n    def __repr__(self): return repr(self)\nrepr(Deep())",
        ERROR,
        "",
    ),
}


@pytest.mark.parametrize("name", CHEATS)
def test_what_ends_or_hangs_costs_its_own_task_and_no_other(verdict_on, name):
    source, state, told = CHEATS[name]
    verdict = verdict_on({2: f"{SOLUTIONS[2]}\n{source}\n"}, seconds=1.0)
    assert states(verdict) == [RIGHT, state, RIGHT], str(verdict)
    assert told in verdict.tasks[1].seen
    assert verdict.points == 3


@pytest.mark.parametrize("name", ["os._exit", "an endless loop in a cell", "100 GB of memory"])
def test_the_same_while_an_answer_is_tried_out(verdict_on, name):
    source, state, told = CHEATS[name]
    body = "\n".join(f"    {line}" for line in source.splitlines())
    verdict = verdict_on({2: f"def price(n):\n{body}\n    return 5 * n\n"}, seconds=1.0)
    assert states(verdict) == [RIGHT, state, RIGHT], str(verdict)
    assert told.replace("in cell 2", "while it was being tried out") in verdict.tasks[1].seen


def test_another_cell_that_ends_the_process_is_left_out_and_told(verdict_on):
    verdict = verdict_on(before=("import os\nos._exit(7)",))
    assert states(verdict) == [RIGHT] * 3
    assert any("cell 1 was left out" in note and "exit status 7" in note for note in verdict.notes)


def test_a_gigabyte_of_output_is_nobodys_trouble(verdict_on):
    """It goes nowhere: not into memory, of which there is less than that here, and not to the grader's own output."""
    source = """
import os, sys
megabyte = "x" * 1_000_000
for _ in range(250):
    print(megabyte)
    print(megabyte, file=sys.stderr)
    os.write(1, megabyte.encode())
    os.write(2, megabyte.encode())
"""
    body = "\n".join(f"    {line}" for line in source.splitlines())
    answer = f"def price(n):\n{body}\n    return 5 * n\n"
    verdict = verdict_on({2: answer}, before=(source,), limits=Limits(seconds=20, memory=900_000_000))
    assert states(verdict) == [RIGHT] * 3, str(verdict)


def test_an_answer_that_fills_the_record_loses_its_task(verdict_on):
    verdict = verdict_on({2: "def price(n):\n    return 'x' * 30_000_000\n"}, seconds=20)
    assert states(verdict) == [RIGHT, WRONG_STATE, RIGHT], str(verdict)
    assert "would fill a library" in verdict.tasks[1].seen


REPLACED = {
    "asyncio.gather": "import asyncio\nasync def fake(*all): return ['fries', 'patty']\nasyncio.gather = fake",
    "time.sleep": "import time\ntime.sleep = lambda seconds: None\ntime.perf_counter = lambda: 0.0",
    "builtins": "import builtins\nbuiltins.all = lambda many: True\nbuiltins.sum = lambda many: 10**9",
    "the checker": "import fwlab.grading as g\ng.observe = lambda app, paths: None\ng.judge = g.task = None",
    "the checker's code": (
        "import fwlab.grading.experiment as e\ne.observe.__code__ = (lambda app, paths: None).__code__"
    ),
    "the checker's classes": (
        "from fwlab.grading import Task\nTask.judge = Task.conclude = Task.experiment = lambda *a: None"
    ),
    "modules": "import sys, types\nsys.modules['fwlab.grading'] = sys.modules['asyncio'] = types.ModuleType('mine')",
    "json": "import json\njson.loads = lambda text: {'burgers': 2}",
}


@pytest.mark.parametrize("name", REPLACED)
def test_what_is_replaced_is_put_back_and_told(verdict_on, name):
    verdict = verdict_on(WRONG, before=(REPLACED[name],))
    assert states(verdict) == [WRONG_STATE] * 3, str(verdict)
    assert "It was put back" in verdict.notes[-1]
    honest = verdict_on({1: WRONG[1]}, before=(REPLACED[name],))
    assert states(honest) == [WRONG_STATE, RIGHT, RIGHT]


def test_what_is_replaced_while_an_answer_is_tried_out_costs_the_task(verdict_on):
    cheat = "async def both(one, other):\n    import asyncio\n    asyncio.sleep = None\n    return 'fries', 'patty'\n"
    verdict = verdict_on({3: cheat})
    assert states(verdict) == [RIGHT, RIGHT, WRONG_STATE]
    assert verdict.tasks[2].diagnosis == "tampering"


FORGED = """
import fwlab.grading.jail.inmate as inmate
from fwlab.grading.jail.evidence import encoded
inmate._experiment = lambda *all: (encoded(['evidence', [5, 15, 50]], {}), True)
"""
GUARDS = {
    "what puts back": "import fwlab.grading.jail.integrity as i\ni.Originals.put_back = lambda self: []",
    "its class": (
        "import fwlab.grading.jail.integrity as i\ni.Originals.__getattribute__ = lambda self, name: lambda: []"
    ),
    "its code": (
        "import fwlab.grading.jail.integrity as i\n"
        "def nothing(loaded, lists, spaces, facts, code): return []\n"
        "i._put_back.__code__ = nothing.__code__"
    ),
    "what it calls": (
        "import fwlab.grading.jail.integrity as i, builtins\ni.is_ = i.map = i.all = builtins.zip = lambda *all: ()"
    ),
    "the record": (
        "import fwlab.grading.jail.notes as n\nold = n.Records.add\n"
        "n.Records.add = lambda self, record: old(self, record.replace(b'4', b'5'))"
    ),
}


@pytest.mark.parametrize("name", GUARDS)
def test_whoever_replaces_the_guard_replaces_one_that_is_not_on_duty(verdict_on, name):
    verdict = verdict_on({2: WRONG[2]}, before=(GUARDS[name] + FORGED,))
    assert states(verdict) == [RIGHT, WRONG_STATE, RIGHT], str(verdict)
    assert "`fwlab.grading.jail.inmate._experiment`" in verdict.notes[-1]


def test_a_name_that_says_itself_what_it_is_equal_to_is_taken_away(verdict_on):
    source = """
import asyncio, threading
class Name(str):
    def __hash__(self): return hash('gather')
    def __eq__(self, other): return other == 'gather' and threading.current_thread() is not threading.main_thread()
async def fake(one, other): return ['fries', 'patty']
names = dict(vars(asyncio))
vars(asyncio).clear()
vars(asyncio)[Name('gather')] = fake
vars(asyncio).update(names)
"""
    verdict = verdict_on({3: WRONG[3]}, before=(source,))
    assert states(verdict) == [RIGHT, RIGHT, WRONG_STATE], str(verdict)
    assert "`the names in asyncio`" in verdict.notes[-1]


def test_what_an_experiment_imports_is_genuine(verdict_on):
    """The numbers come from a library that nobody has loaded before; with these, the prices would be right."""
    source = """
import sys, types
sys.modules['graphlib'] = types.ModuleType('graphlib')
class TopologicalSorter:
    def __init__(self, graph): pass
    def static_order(self): return 1.25, 3.75, 12.5
sys.modules['graphlib'].TopologicalSorter = TopologicalSorter
"""
    assert states(verdict_on({2: WRONG[2]}, before=(source,))) == [RIGHT, WRONG_STATE, RIGHT]


def test_an_answer_cannot_change_the_experiments_after_its_own(verdict_on):
    source = """
def price(n):
    import sys
    for module in list(sys.modules.values()):
        if 'Both' in getattr(module, '__dict__', ()):
            real = module.Both
            module.Both = lambda result, order: real(result, ['fry begins', 'grill begins'])
    return 5 * n
"""
    verdict = verdict_on({2: source, 3: WRONG[3]})
    assert states(verdict) == [RIGHT, RIGHT, WRONG_STATE], str(verdict)


def test_forged_results_on_every_descriptor_are_no_results(verdict_on):
    forged = '{"task": "e91.2", "replaced": []}'
    source = f"""
import os
for descriptor in range(1024):
    try:
        os.write(descriptor, {forged!r}.encode() + b'\\n["evidence", [5, 15, 50]]\\n')
    except OSError:
        pass
"""
    verdict = verdict_on({2: WRONG[2]}, before=(source,))
    assert states(verdict) == [RIGHT, WRONG_STATE, RIGHT]


DOORS = {
    "the frames of the main thread": "import sys\nfound = sys._current_frames()",
    "the same through fwlab": (
        "import threading, fwlab.places\nfound = fwlab.places.frame_of(threading.main_thread().ident)"
    ),
    "the same in another thread": (
        "import threading, fwlab.places, concurrent.futures as f\n"
        "found = f.ThreadPoolExecutor(1).submit(fwlab.places.frame_of, threading.main_thread().ident).result()"
    ),
    "the garbage collector's lists": "import gc\ngc.unfreeze()\nfound = gc.get_objects()",
    "referrers": "import gc\nfound = gc.get_referrers(gc)",
    "memory": "import ctypes\nfound = ctypes.memset",
    "memory by another name": "import _ctypes\nfound = _ctypes",
    "memory through fwlab": "import fwlab.grading.timelimit as t\nfound = t.ctypes.memmove",
    "the same with another way to tell who asks": (
        "import builtins, gc, fwlab.places\n"
        "ours = id(fwlab.places.frame_of.__code__)\n"
        "builtins.id = lambda one: ours\nfound = gc.get_objects()"
    ),
    "tracing all": "import sys\nfound = sys.settrace(lambda *a: None)",
}


@pytest.mark.parametrize("name", DOORS)
def test_doors_to_the_graders_own_data_are_closed(verdict_on, name):
    verdict = verdict_on({2: f"{SOLUTIONS[2]}\n{DOORS[name]}\n"})
    assert states(verdict) == [RIGHT, ERROR, RIGHT], str(verdict)
    assert "PermissionError" in verdict.tasks[1].seen or "AttributeError" in verdict.tasks[1].seen


def test_expectations_and_hidden_checks_are_not_in_the_process(verdict_on):
    """The answer looks at everything that can be reached, and raises what it finds."""
    source = f"""
import sys, gc
def price(n):
    seen, found, todo = {{}}, [], [dict(sys.modules)]
    needle = ''.join(({SECRET[:5]!r}, {SECRET[5:]!r}))
    while todo and len(seen) < 300_000:
        one = todo.pop()
        if id(one) in seen: continue
        seen[id(one)] = one
        if isinstance(one, str):
            if needle in one and one is not needle: found.append(one[:40])
        elif isinstance(one, dict): todo += [*one.keys(), *one.values()]
        elif isinstance(one, (list, tuple, set)): todo += list(one)
        elif type(one) is type(price):
            todo += [one.__code__.co_consts, one.__defaults__, *(cell.cell_contents for cell in one.__closure__ or ())]
        elif type(one) is type(price.__code__): todo += list(one.co_consts)
        else:
            try: todo.append(dict(vars(one)))
            except Exception: pass
    assert len(seen) > 10_000, len(seen)
    assert not found, found
    return 5 * n
"""
    verdict = verdict_on({2: source}, seconds=60)
    assert states(verdict) == [RIGHT] * 3, str(verdict)


def test_no_exercise_is_on_the_disk_of_the_process(verdict_on, course, jail):
    if jail.missing:
        pytest.skip(f"needs namespaces: {jail.missing}")
    source = f"""
import os, pathlib
def price(n):
    for folder in ({str(course)!r}, {str(course / "exercises")!r}):
        assert not os.path.exists(folder), folder
    needle = ''.join(({SECRET[:5]!r}, {SECRET[5:]!r}))
    import fwlab
    for path in pathlib.Path(fwlab.__file__).parent.rglob('*'):
        assert path.name not in ('checks.py', 'exercises') , path
    assert os.listdir('.') == [], os.listdir('.')
    return 5 * n
"""
    verdict = verdict_on({2: source}, seconds=30)
    assert states(verdict) == [RIGHT] * 3, str(verdict)


def test_nothing_can_be_written_outside_the_folder(verdict_on, jail, tmp_path):
    if jail.missing:
        pytest.skip(f"needs namespaces: {jail.missing}")
    source = f"""
def price(n):
    import os, fwlab
    open('mine', 'w').write('fine')
    for path in ({str(tmp_path / "x")!r}, '/x', '/tmp/x', '/usr/x', fwlab.__file__, os.path.expanduser('~/../x')):
        try:
            open(path, 'a').write('# here')
        except OSError:
            continue
        raise AssertionError(path)
    return 5 * n
"""
    verdict = verdict_on({2: source})
    assert states(verdict) == [RIGHT] * 3, str(verdict)
    assert list(tmp_path.iterdir()) == []


def test_temporary_files_are_in_the_folder(verdict_on):
    source = """
def price(n):
    import tempfile
    with tempfile.TemporaryDirectory() as folder, open(folder + '/price', 'w+') as file:
        assert 'submission' in folder, folder
        file.write(str(5 * n))
        file.seek(0)
        return int(file.read())
"""
    assert states(verdict_on({2: source})) == [RIGHT] * 3


def test_the_disk_is_bounded(verdict_on):
    one = "open('large', 'wb').write(bytes(20_000_000))"
    verdict = verdict_on({2: f"{SOLUTIONS[2]}\n{one}"})
    assert states(verdict) == [RIGHT, ERROR, RIGHT]
    assert "File too large" in verdict.tasks[1].seen


def test_there_is_no_network_but_its_own(verdict_on, jail):
    if jail.missing:
        pytest.skip(f"needs namespaces: {jail.missing}")
    source = """
def price(n):
    import socket, errno
    with socket.create_server(('127.0.0.1', 0)) as server, socket.create_connection(server.getsockname(), 5): pass
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
        try:
            outside.connect(('192.0.2.1', 9))  # an address for documentation: a datagram socket sends nothing here
        except OSError as error:
            assert error.errno == errno.ENETUNREACH, error
            return 5 * n
"""
    verdict = verdict_on({2: source})
    assert states(verdict) == [RIGHT] * 3, str(verdict)


def test_files_that_may_be_open_are_counted(verdict_on):
    verdict = verdict_on({2: f"{SOLUTIONS[2]}\nfiles = [open('/dev/null') for _ in range(1000)]\n"})
    assert states(verdict) == [RIGHT, ERROR, RIGHT]
    assert "Too many open files" in verdict.tasks[1].seen


@pytest.fixture(scope="module")
def low_walls():
    """A jail as it is where the system has no namespaces."""
    with Jail(namespaces=False) as one:
        yield one


@pytest.mark.parametrize(
    "name", ["os._exit", "a fork bomb", "other programs", "100 GB of memory", "kill -9 of the parent"]
)
def test_without_namespaces_cheats_end_the_same(course, low_walls, name):
    source, state, told = CHEATS[name]
    handed_in = parsed_notebook(Path("x.ipynb"), notebook("e91", {2: f"{SOLUTIONS[2]}\n{source}\n"}))
    verdict = judge_in_jail(handed_in, find_exercise("e91"), low_walls, Limits(seconds=2))
    assert states(verdict) == [RIGHT, state, RIGHT], str(verdict)
    assert told in verdict.tasks[1].seen
    assert "no namespaces" in low_walls.missing[0]


def test_without_namespaces_there_is_no_network_and_the_folder_is_empty_and_goes(course, low_walls):
    source = """
def price(n):
    import os, socket
    assert os.listdir('.') == ([] if n == 1 else ['mine']), os.listdir('.')
    open('mine', 'w').write(os.getcwd())
    try:
        socket.socket(socket.AF_INET)
    except PermissionError:
        return 5 * n if os.getcwd().startswith('/tmp/fwlab-submission-') else 0
"""
    handed_in = parsed_notebook(Path("x.ipynb"), notebook("e91", {2: source}))
    before = set(Path("/tmp").glob("fwlab-submission-*"))
    verdict = judge_in_jail(handed_in, find_exercise("e91"), low_walls, Limits(seconds=2))
    assert states(verdict) == [RIGHT] * 3, str(verdict)
    assert set(Path("/tmp").glob("fwlab-submission-*")) <= before
