"""tools/notebooks.py: one form for every notebook, and a file that changes only when there is something new to say."""

from __future__ import annotations

import copy
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

TOOL = Path(__file__).resolve().parents[2] / "tools" / "notebooks.py"
_found = importlib.util.spec_from_file_location("notebooks_tool", TOOL)
assert _found is not None
assert _found.loader is not None
notebooks: Any = importlib.util.module_from_spec(_found)
_found.loader.exec_module(notebooks)

# the smallest picture that there is: one black dot
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def start(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Start the tool as a program; the caller looks at what it said and did."""
    return subprocess.run(
        [sys.executable, TOOL, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300
    )


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the tool in this process, for a start costs more than most of what is tested here."""
    with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()) as complained:
        status = notebooks.main([str(argument) for argument in arguments])
    return subprocess.CompletedProcess(arguments, status, said.getvalue(), complained.getvalue())


def write(path: Path, *cells: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def outputs_of(path: Path) -> list[str]:
    """The text that each code cell has put out."""
    texts = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            parts = [output.get("text") or output.get("data", {}).get("text/plain", []) for output in cell["outputs"]]
            texts.append("".join("".join(part) for part in parts))
    return texts


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with every kind of output, executed once."""
    path = write(
        tmp_path_factory.mktemp("lessons") / "lesson.ipynb",
        new_markdown_cell("# The First Words, and more of them", id="3f2a9b1c"),
        new_code_cell("x = 1", id="silent"),
        new_code_cell("import os, time\nprint(f'{time.perf_counter():.1f} ms')", id="measure"),
        new_code_cell(
            "await __import__('asyncio').sleep(0)\n(os.environ['TQDM_DISABLE'], os.path.basename(os.getcwd()))"
        ),
        new_code_cell(
            "import asyncio\nasyncio.run(asyncio.sleep(0))",
            metadata={"tags": ["raises-exception"], "execution": {"iopub.status.busy": "2024"}, "scrolled": True},
        ),
    )
    said = start(path)
    assert said.returncode == 0, said.stderr
    return path


def test_it_is_executed_from_its_own_folder_without_progress_bars(executed: Path) -> None:
    silent, measured, where, raised = outputs_of(executed)
    assert silent == ""
    assert measured.endswith(" ms\n")
    assert where == f"('1', '{executed.parent.name}')"
    assert raised == ""


def test_nothing_in_it_depends_on_the_machine(executed: Path) -> None:
    text = executed.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert notebook["cells"][4]["metadata"] == {"tags": ["raises-exception"]}
    assert "asyncio/runners.py" in text, "the traceback is there"
    for place in {sys.prefix, sys.base_prefix, str(Path.home())}:
        assert place not in text


def test_of_a_widget_that_can_also_be_read_only_that_is_stored(tmp_path: Path) -> None:
    shown = write(
        tmp_path / "lessons" / "shown.ipynb",
        new_code_cell("from fwlab.grading import quiz\nquiz('q01')", id="q"),
        new_code_cell("from fwlab.course.simulator import simulator\nsimulator()", id="s"),
    )
    said = run(shown)
    assert said.returncode == 0, said.stderr
    outputs = [cell["outputs"] for cell in json.loads(shown.read_text(encoding="utf-8"))["cells"]]
    assert [[sorted(output["data"]) for output in of_cell] for of_cell in outputs] == [
        [["text/html", "text/plain"]],
        [["image/png", "text/plain"]],
    ]
    before = shown.read_bytes()
    assert run(shown).returncode == 0
    assert shown.read_bytes() == before


def test_ids_that_somebody_chose_stay_and_random_ones_become_words(executed: Path) -> None:
    ids = [cell["id"] for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]]
    assert ids[:3] == ["the-first-words-and-more", "silent", "measure"]
    assert len(set(ids)) == len(ids)


def test_its_layout_is_fixed(executed: Path) -> None:
    text = executed.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert run("--check", executed).returncode == 0


def test_other_measurements_are_nothing_new_but_another_result_is(executed: Path, tmp_path: Path) -> None:
    there = executed.read_text(encoding="utf-8").replace(f"'{executed.parent.name}'", f"'{tmp_path.name}'")
    same, changed = tmp_path / "same.ipynb", tmp_path / "changed.ipynb"
    same.write_text(there)
    changed.write_text(there.replace(f"'{tmp_path.name}'", "'elsewhere'"))
    said = run(same, changed).stdout.splitlines()
    assert said[0].endswith("something new: 0")
    assert said[1].endswith("something new: 1")
    assert same.read_text() == there
    assert outputs_of(changed)[2] == outputs_of(same)[2]
    assert outputs_of(changed)[1] != outputs_of(same)[1], "the figures in a notebook are of one run"


def test_new_measurements_are_stored_when_asked_for(executed: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(executed, tmp_path))
    assert run("--fresh", copy).returncode == 0
    assert outputs_of(copy)[1] != outputs_of(executed)[1]


def test_a_cell_that_may_not_fail_leaves_the_file_alone_and_is_named(tmp_path: Path) -> None:
    good = write(tmp_path / "good.ipynb", new_code_cell("1 + 1", id="sum"))
    of_old = {"execution_count": 3, "outputs": [new_output("error", ename="OldError", traceback=["OldError: of old"])]}
    bad = write(
        tmp_path / "bad.ipynb",
        new_code_cell("x = 1", id="fine"),
        new_code_cell("x / 0", id="the-bad-one"),
        new_code_cell("raise OldError", id="never-reached", **of_old),
    )
    before = bad.read_bytes()
    said = run(bad, good)
    assert said.returncode == 1
    assert f"{bad}: cell 'the-bad-one' failed:" in said.stderr
    assert "ZeroDivisionError: division by zero" in said.stderr
    assert "of old" not in said.stderr
    assert bad.read_bytes() == before
    assert outputs_of(good) == ["2"], "the others are done all the same"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ipynb", "good.ipynb"]


def test_a_notebook_that_puts_nothing_out_is_executed_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "silent.ipynb", new_code_cell("x = 1", id="silent"))
    assert run(path).returncode == 0
    assert run("--check", path).returncode == 0


def test_a_kernel_that_dies_is_an_error_like_any_other(tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.ipynb", new_code_cell("import os\nos._exit(1)", id="ends-it-all"))
    said = run(bad)
    assert said.returncode == 1
    assert "'ends-it-all' failed" in said.stderr
    assert "Traceback" not in said.stderr


def test_an_exercise_is_tidied_and_never_executed(tmp_path: Path) -> None:
    cell = new_code_cell("1 / 0", id="starter", execution_count=7, outputs=[new_output("stream", text="mine")])
    exercise = write(tmp_path / "exercises" / "e99.ipynb", cell)
    assert run(exercise).returncode == 0
    (stored,) = json.loads(exercise.read_text(encoding="utf-8"))["cells"]
    assert (stored["outputs"], stored["execution_count"]) == ([], None)


def test_a_check_names_what_is_not_as_it_should_be(executed: Path, tmp_path: Path) -> None:
    failed = new_output("error", ename="E", evalue="")
    cells = {
        "cell 'one' was never executed": new_code_cell("1", id="one"),
        "executed as number 7": new_code_cell("1", id="one", execution_count=7),
        "not in normal form": new_code_cell("1", id="one", execution_count=1, metadata={"scrolled": True}),
        "did not raise": new_code_cell("1", id="one", execution_count=1, metadata={"tags": ["raises-exception"]}),
        "has no tag raises-exception": new_code_cell("1", id="one", execution_count=1, outputs=[failed]),
    }
    frame = json.loads(executed.read_text(encoding="utf-8"))
    paths = []
    for number, cell in enumerate(cells.values()):
        paths.append(tmp_path / f"{number}.ipynb")
        text = json.dumps(frame | {"cells": [cell | {"source": ["1"]}]}, ensure_ascii=False, indent=1, sort_keys=True)
        paths[-1].write_text(text + "\n")
    before = [path.read_bytes() for path in paths]
    said = run("--check", *paths)
    assert said.returncode == 1
    for path, line, complaint in zip(paths, said.stderr.splitlines(), cells, strict=True):
        assert line.startswith(str(path))
        assert complaint in line
    assert [path.read_bytes() for path in paths] == before


@pytest.mark.parametrize("options", [(), ("--check",)])
def test_a_file_that_is_no_notebook_is_named_and_left(options: tuple[str, ...], tmp_path: Path) -> None:
    paths = []
    for number, content in enumerate(["", "{}", "not JSON"]):
        paths.append(tmp_path / f"{number}.ipynb")
        paths[-1].write_text(content)
    said = run(*options, *paths)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    for path in paths:
        assert f"{path}: not a notebook" in said.stderr
    assert [path.read_text() for path in paths] == ["", "{}", "not JSON"]


def test_a_figure_that_is_shown_elsewhere_is_written_there_and_held(tmp_path: Path):
    draw = f"import base64\nfrom IPython.display import Image\nImage(base64.b64decode('{DOT}'))"
    path = write(tmp_path / "lesson.ipynb", new_code_cell(draw, metadata={"fwlab": {"figure": "shown.png"}}, id="draw"))
    assert run(path).returncode == 0
    shown = tmp_path / "shown.png"
    assert shown.read_bytes().startswith(b"\x89PNG")
    assert run("--check", path).returncode == 0
    shown.write_bytes(b"another picture")
    held = run("--check", path)
    assert held.returncode == 1
    assert "shown.png is an older form of it" in held.stderr


def test_what_says_something_new_to_it_is_what_fails_in_make_test(tmp_path: Path):
    """So `make test`, which CI runs, fails where `make notebooks` would store another output."""
    show = "from IPython.display import HTML, SVG, Image, display\n"
    cells = {  # code, then what stands in the output, and what is stored in its place
        "same": ("print('same')", "same", "same"),
        "a-line": ("print('one')", "one", "two"),
        "a-result": ("40 + 2", "42", "43"),
        "a-page": ("HTML('<b>bold</b>')", "<b>bold</b>", "<b>bald</b>"),
        "a-drawing": ("SVG('<svg><title>round</title></svg>')", "round", "angular"),
        "a-picture": (f"import base64\nImage(base64.b64decode('{DOT}'))", DOT, DOT.replace("AAAA", "AAAB", 1)),
        "a-time": ("print('5 ms')", "5 ms", "7 ms"),
        "an-error": ("raise ValueError('steak')", "steak", "stake"),
        "not-compared": ("print('tea')", "tea", "tee"),
    }
    tags = {"an-error": ["raises-exception"], "not-compared": ["nbval-ignore-output"]}
    written = [
        new_code_cell(show + code, id=id_, metadata={"tags": tags.get(id_, [])}) for id_, (code, *_) in cells.items()
    ]
    assert run(write(tmp_path / "lesson.ipynb", *written)).returncode == 0
    now = nbformat.read(tmp_path / "lesson.ipynb", as_version=4)
    stored = copy.deepcopy(now)
    for cell, (_, says, said) in zip(stored.cells, cells.values(), strict=True):
        assert says in json.dumps(cell.outputs)
        cell.outputs = nbformat.from_dict(json.loads(json.dumps(cell.outputs).replace(says, said)))
    nbformat.write(stored, tmp_path / "lesson.ipynb")
    pairs = [({"cells": [one]}, {"cells": [other]}) for one, other in zip(now.cells, stored.cells, strict=True)]
    new = [notebooks.news(nbformat.from_dict(one), nbformat.from_dict(other)) == 1 for one, other in pairs]
    plan = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    tested = subprocess.run(
        [*plan, "--nbval-sanitize-with", str(notebooks.SANITIZE), "lesson.ipynb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    found = {
        int(n): word == "FAILED" for word, n in re.findall(r"^(PASSED|FAILED) .*::Cell (\d+)", tested.stdout, re.M)
    }
    assert [found[n] for n in range(len(cells))] == new, tested.stdout
    assert [id_ for id_, is_new in zip(cells, new, strict=True) if is_new] == [
        "a-line",
        "a-result",
        "a-page",
        "a-drawing",
        "an-error",
    ]
