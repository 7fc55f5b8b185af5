"""What is known of an answer: its names, the text of its cells, and a fresh copy of both."""

from __future__ import annotations

import ast
import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from fwlab.grading import Answer, Finding
from fwlab.grading.answer import cells_defining, names_defined, same_code

from .conftest import run_cell


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A shell that remembers its cells, in memory alone."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    return InteractiveShell(config=Config({"HistoryManager": {"hist_file": ":memory:"}}))


def test_a_missing_name_is_a_finding_and_an_empty_one_is_not():
    assert Answer({"app": None}, {}).require("app") is None
    with pytest.raises(Finding, match="no `app`"):
        Answer({}, {}).require("app")


def test_the_cells_of_a_name_are_found_by_what_they_define():
    names = run_cell("def stock(): ...\n")
    run_cell("def unrelated(): ...\n", names)
    run_cell("app = 1\n\n\ndef another(): ...\n", names)
    assert list(cells_defining({"app", "stock"}, names).values()) == [
        "def stock(): ...\n",
        "app = 1\n\n\ndef another(): ...\n",
    ]


def test_a_cell_that_was_run_again_counts_once_and_as_it_is_now():
    names = run_cell("def stock(): return 1\n")
    run_cell("def stock(): return 2\n", names)
    assert list(cells_defining({"stock"}, names).values()) == ["def stock(): return 2\n"]


def test_a_cell_that_was_replaced_does_not_count_though_a_helper_of_it_is_still_there(shell):
    old = "def cook():\n    return helped()\n\n\ndef helped(): return 'old'\n"
    new = "def cook(): return 'new'\n"
    for cell in (old, new):
        assert shell.run_cell(cell, store_history=True).success
    cells = cells_defining({"cook"}, shell.user_ns)
    assert list(cells.values()) == [new]
    assert Answer(shell.user_ns, cells).renewed().namespace["cook"]() == "new"


def test_cells_are_run_once_more_in_the_order_in_which_they_ran(shell):
    for cell in ("orders = []", "@orders.append\ndef order(): ...\n", "def order(): ...\n\n\norders.append(order)\n"):
        assert shell.run_cell(cell, store_history=True).success
    renewed = Answer(shell.user_ns, cells_defining({"order", "orders"}, shell.user_ns)).renewed()
    assert renewed.namespace["orders"] == [renewed.namespace["order"]]


def test_functions_of_libraries_are_no_cells():
    assert cells_defining({"run", "gather"}, {"run": run_cell, "import_module": importlib.import_module}) == {}
    assert cells_defining({"run"}, {"number": 7, "kind": int, "wild": _Wild()}) == {}


class _Wild:
    """What answers to every name."""

    def __getattr__(self, name):
        return self


def test_a_renewed_answer_has_new_objects_and_the_old_are_as_they_were():
    names = run_cell("helper = ['kept']\n")
    run_cell("orders = []\n\n\ndef order(item):\n    orders.append(item)\n    return helper\n", names)
    answer = Answer(names, cells_defining({"order"}, names))
    renewed = answer.renewed()
    assert renewed.namespace["order"]("a burger") == ["kept"]
    assert renewed.namespace["orders"] == ["a burger"]
    assert names["orders"] == []
    assert renewed.cells == answer.cells


@pytest.mark.parametrize(
    "cell",
    ["def stock(): ...\n1 / there\n", "def stock(): ...\nawait there\n"],
    ids=["needs what is gone", "awaits"],
)
def test_cells_that_cannot_run_by_themselves_are_taken_as_they_are(cell):
    answer = Answer({"stock": len}, {"<cell>": cell})
    assert answer.renewed() is answer


def test_a_script_is_not_run_again(tmp_path):
    script = tmp_path / "shop.py"
    script.write_text("runs = []\nruns.append(1)\n\n\ndef stock(): ...\n")
    spec = importlib.util.spec_from_file_location("shop", script)
    shop = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shop)
    answer = Answer(vars(shop), cells_defining({"stock"}, vars(shop)))
    assert list(answer.cells) == [str(script)]
    assert answer.renewed() is answer


def test_the_tree_is_that_of_all_cells():
    answer = Answer({}, {"<a>": "x = 1\n", "<b>": "def f(): ...\n"})
    assert [type(statement) for statement in answer.tree.body] == [ast.Assign, ast.FunctionDef]


def test_names_are_those_that_a_cell_gives_itself():
    source = (
        "import a\nfrom b import c\nx, y = 1, 2\nz: int = 3\nq.attribute = 4\ndef f(): inner = 1\nclass C: ...\nf()\n"
    )
    assert names_defined(source) == {"x", "y", "z", "f", "C"}


@given(st.text())
def test_no_text_is_too_strange_to_compare(text):
    assert same_code(text, text) is _is_python(text)


def _is_python(text):
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True
