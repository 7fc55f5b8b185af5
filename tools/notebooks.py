"""Executes the course's notebooks and writes them in one normal form, so that git shows only what really changed.

``notebooks/`` is executed, each notebook in a kernel of its own, from its own folder; ``exercises/`` is only tidied,
without outputs, and the learners' notebooks in ``practice/`` are made of it (``fwlab exercises build``). What is made
of a chapter is written with it: figures that are shown elsewhere, and its quick form.

Where the new outputs of a notebook differ from the stored ones in nothing that `make test` compares, the stored ones
stay: measured figures vary from run to run, and storing them would say nothing. Outputs are stored all or none, so that
the figures in a notebook are of one run.

A notebook in another language (``notebooks/es/``, ``practice/es/``) is made of the original and of its catalogue in
``locale/``, and then treated like the original: executed for itself, for fwlab speaks that language in it.
"""

from __future__ import annotations

import argparse
import base64
import copy
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from course_index import course_index
from course_map import course_map
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbval.plugin import coalesce_streams, get_sanitize_patterns
from quick_notebook import quick
from traitlets.config import Config
from translations import languages, translations
from translations import notebook as translated_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
SANITIZE = ROOT / "tests" / "notebooks" / "sanitize.cfg"
FOLDERS = ("exercises/*.ipynb", "notebooks/*.ipynb", "practice/*.ipynb")
INDEX = "notebooks/course.json"
MAP = "docs/course-map.svg"
CELL_TIMEOUT = 60  # seconds, as `make test` has it

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
VARYING_METADATA = ("ExecuteTime", "collapsed", "execution", "scrolled", "trusted", "vscode")
IMAGES = ("image/png", "image/jpeg")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
RANDOM_ID = re.compile(r"(?=.*\d)[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?")


class NotebookError(Exception):
    """A notebook that cannot be executed or is not in normal form; the message says which, and where."""


# --- normal form ---------------------------------------------------------------------------------------------------


def normalize(notebook: NotebookNode, *, with_outputs: bool) -> None:
    """Bring a notebook into normal form, in place: nothing in it depends on the machine or on the time of day."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata["kernelspec"] = dict(KERNEL)
    notebook.metadata["language_info"] = dict(LANGUAGE)
    notebook.metadata.pop("widgets", None)
    taken: set[str] = set()
    for cell in notebook.cells:
        cell["id"] = _settled_id(cell, taken)
        for key in VARYING_METADATA:
            cell.metadata.pop(key, None)
        if cell.cell_type != "code":
            continue
        if with_outputs:
            cell.outputs = [_without_places(_without_view(output)) for output in coalesce_streams(cell.outputs)]
        else:
            cell.outputs, cell.execution_count = [], None


def _settled_id(cell: NotebookNode, taken: set[str]) -> str:
    """The cell's id if somebody chose it; in place of a random one, the first words of the cell."""
    wanted = cell.get("id", "")
    if not wanted or RANDOM_ID.fullmatch(wanted):
        words = re.findall(r"[a-z0-9]+", cell.source.lower())
        wanted = "-".join(words[:5])[:48].strip("-") or cell.cell_type
    chosen, count = wanted, 1
    while chosen in taken:
        count += 1
        chosen = f"{wanted}-{count}"
    taken.add(chosen)
    return chosen


def _without_view(output: NotebookNode) -> NotebookNode:
    """The output without the view of a widget, which needs the kernel that it was made in; what can be read stays."""
    if {"text/html", *IMAGES} & set(output.get("data", {})):
        output.data.pop(WIDGET_VIEW, None)
    return output


def _without_places(output: NotebookNode) -> NotebookNode:
    """The output with no folder of this machine in its traceback: they would differ on every other."""
    if output.output_type == "error":
        for place, instead in _places():
            output.traceback = [line.replace(place, instead) for line in output.traceback]
    return output


def _places() -> Iterator[tuple[str, str]]:
    home = str(Path.home())
    for folder, instead in ((sys.prefix, "…"), (sys.base_prefix, "…"), (str(ROOT), ".")):
        yield folder, instead
        if folder.startswith(home + os.sep):
            yield "~" + folder.removeprefix(home), instead  # as IPython shortens it


def text_of(notebook: NotebookNode) -> str:
    """The notebook as the bytes that are stored: sorted keys, an indent of one space, a line end at the end."""
    text: str = nbformat.writes(notebook)
    return text.rstrip("\n") + "\n"


# --- execution -----------------------------------------------------------------------------------------------------


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run every cell in a fresh kernel that works in ``folder``; raise NotebookError where a cell may not fail."""
    for cell in notebook.cells:
        if cell.cell_type == "code":  # what is stored would pass for what has run
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name=KERNEL["name"],
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),  # else each kernel warns on the terminal
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(_what_failed(notebook, error)) from None


def _what_failed(notebook: NotebookNode, error: Exception) -> str:
    ran = [cell for cell in notebook.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)]
    cell_id = ran[-1]["id"] if ran else notebook.cells[0]["id"]
    failed = [output for output in (ran[-1].outputs if ran else ()) if output.output_type == "error"]
    plain = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(failed[-1].traceback) if failed else str(error))
    tail = "\n".join(f"    {line}" for line in plain.strip().splitlines()[-12:])
    return f"cell {cell_id!r} failed:\n{tail}"


def news(notebook: NotebookNode, stored: NotebookNode) -> int:
    """Return how many cells have put out something else than is stored, to the eyes of `make test`."""
    patterns = dict(get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")))
    pairs = [
        (cell, before)
        for cell, before in zip(notebook.cells, stored.cells, strict=True)
        if "outputs" in cell and "nbval-ignore-output" not in cell.metadata.get("tags", ())
    ]
    return sum(
        cell.execution_count != before.execution_count
        or _compared(cell.outputs, patterns) != _compared(before.outputs, patterns)
        for cell, before in pairs
    )


def _compared(outputs: list[NotebookNode], patterns: dict[str, str]) -> list[Any]:
    """What nbval compares of outputs: no pictures, no traceback, no metadata, and measured figures replaced."""

    def sanitized(text: Any) -> Any:
        for pattern, instead in patterns.items() if isinstance(text, str) else ():
            text = re.sub(pattern, instead, text)
        return text

    compared: list[Any] = []
    for output in coalesce_streams(copy.deepcopy(outputs)):
        if output.output_type == "stream":
            compared.append((output.name, sanitized(output.text)))
        elif output.output_type == "error":
            compared.append((output.ename, sanitized(output.evalue)))
        else:
            compared.append({mime: sanitized(data) for mime, data in output.data.items() if mime not in IMAGES})
            compared.append(sorted(output.data))
    return compared


# --- files ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> NotebookNode:
    """Read a notebook; raise NotebookError when the file is none."""
    try:
        return nbformat.read(path, as_version=4)
    except OSError as error:
        raise NotebookError(f"cannot be read: {error.strerror}") from None
    except Exception as error:  # nbformat names no base for what it raises on a broken file
        raise NotebookError(f"not a notebook: {error}") from None


def as_it_should_be(path: Path) -> NotebookNode:
    """Read a notebook; one in another language is made anew of its original, and keeps the outputs that are stored."""
    return translated_notebook(ROOT, path) or read(path)


def is_lesson(path: Path) -> bool:
    """Whether a notebook is executed and stored with outputs; an exercise is the learner's to execute."""
    folder = path.resolve().parent
    return {"exercises", "practice"}.isdisjoint({folder.name, folder.parent.name})


def refresh(path: Path, *, fresh: bool) -> str:
    """Execute (a lesson) and normalize a notebook, write the file whole or not at all, and say what was new."""
    notebook = as_it_should_be(path)
    normalize(notebook, with_outputs=is_lesson(path))
    path.parent.mkdir(exist_ok=True)
    said = "tidied"
    if is_lesson(path):
        stored = copy.deepcopy(notebook)
        begun = time.monotonic()
        execute(notebook, path.resolve().parent)
        normalize(notebook, with_outputs=True)
        different = news(notebook, stored)
        if not (different or fresh):
            notebook = stored
        said = f"executed in {time.monotonic() - begun:.0f} s; cells that say something new: {different}"
    _write(path, text_of(notebook).encode())
    for target, content in made_of(notebook, path):
        target.parent.mkdir(exist_ok=True)
        _write(target, content)
    return said


def _write(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    os.replace(partial, path)


def made_of(notebook: NotebookNode, path: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield each file that is made of an executed notebook, with its content.

    A figure that is shown elsewhere too is named in its cell's metadata, seen from the notebook:
    ``{"fwlab": {"figure": "../docs/figure.png"}}``. A chapter, whose metadata say its number, has a quick form; its
    translations have none.
    """
    for cell in notebook.cells:
        target = cell.metadata.get("fwlab", {}).get("figure")
        for output in cell.get("outputs", ()) if target else ():
            if picture := output.get("data", {}).get("image/png"):
                yield path.parent / target, base64.b64decode(picture)
    ours = notebook.metadata.get("fwlab", {})
    if "chapter" in ours and "language" not in ours:
        short = quick(notebook, path.name)
        normalize(short, with_outputs=True)
        yield path.parent / "quick" / path.name, text_of(short).encode()


def check(path: Path) -> str:
    """Raise NotebookError unless a notebook is in normal form and, for a lesson, was executed to its end."""
    notebook = as_it_should_be(path)
    normalize(notebook, with_outputs=is_lesson(path))
    if not path.exists() or text_of(notebook) != path.read_text(encoding="utf-8"):
        raise NotebookError("not in normal form; `make notebooks` brings it there")
    count = 0
    for cell in notebook.cells if is_lesson(path) else ():
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        count += 1
        raised = any(output.output_type == "error" for output in cell.outputs)
        if cell.execution_count is None:
            raise NotebookError(f"cell {cell['id']!r} was never executed; `make notebooks` does it")
        if cell.execution_count != count:
            raise NotebookError(
                f"cell {cell['id']!r} was executed as number {cell.execution_count}, and not from the top as number "
                f"{count}; `make notebooks` does it"
            )
        tagged = "raises-exception" in cell.metadata.get("tags", ())
        if raised and not tagged:
            raise NotebookError(f"cell {cell['id']!r} raised, and has no tag raises-exception")
        if tagged and not raised:
            raise NotebookError(f"cell {cell['id']!r} has the tag raises-exception, and did not raise")
    for target, content in made_of(notebook, path):
        if not target.exists() or target.read_bytes() != content:
            raise NotebookError(
                f"{os.path.relpath(target, path.parent)} is an older form of it; `make notebooks` renews that"
            )
    return "in normal form"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool on the notebooks named, or on all; return the exit status."""
    parser = argparse.ArgumentParser(description="Execute the course's notebooks and bring them into normal form.")
    parser.add_argument("paths", nargs="*", type=Path, metavar="NOTEBOOK", help="default: all of them")
    parser.add_argument("--check", action="store_true", help="only see whether they are in normal form; write nothing")
    parser.add_argument("--fresh", action="store_true", help="store the new outputs even where they say nothing new")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TQDM_DISABLE", "1")  # progress bars are timings, and kernels inherit this
    os.environ["LANGUAGE"] = "en"  # a notebook's own language comes before it
    os.environ.pop("FWLAB_LANGUAGE", None)
    failures = 0
    for path in options.paths or every_notebook():
        if ".ipynb_checkpoints" in path.parts:
            continue
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        try:
            print(f"{name}: {check(path) if options.check else refresh(path, fresh=options.fresh)}", flush=True)
        except (NotebookError, OSError) as error:
            failures += 1
            print(f"{name}: {error}", file=sys.stderr, flush=True)
    if not options.paths:
        failures += keep_index(check_only=options.check)
    return 1 if failures else 0


def every_notebook() -> list[Path]:
    """Return the paths of all notebooks that are kept in form, those that others are made of first."""
    originals = sorted(path for folder in FOLDERS for path in ROOT.glob(folder))
    made = (path for language in languages(ROOT) for path in translations(ROOT, language).values())
    return [*originals, *sorted(path for path in made if path.suffix == ".ipynb")]


def keep_index(*, check_only: bool) -> bool:
    """Write the index of the course and its map, or see whether they are current; return whether one of them is not."""
    index = course_index(ROOT)
    outdated = [name for name, text in {INDEX: index, MAP: course_map(index)}.items() if not _kept(ROOT / name, text)]
    for name in outdated if check_only else ():
        print(f"{name}: not of the chapters as they are; `make notebooks` renews it", file=sys.stderr)
    if not check_only:
        _write(ROOT / INDEX, index.encode())
        _write(ROOT / MAP, course_map(index).encode())
    return bool(outdated) and check_only


def _kept(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
