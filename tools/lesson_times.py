"""Measures how long each lesson takes to execute, two at a time as on a small machine, and prints a table.

Nothing is stored. A learner waits for each cell, and `make test` for all of them: no lesson should need more than 40
seconds, and ten together no more than two and a half minutes. No test holds it, for it depends on the machine.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from notebooks import ROOT, NotebookError, execute, normalize, read

if TYPE_CHECKING:
    from collections.abc import Sequence

AT_MOST = 40  # seconds, for one lesson


def seconds_of(path: Path) -> float:
    """Execute a lesson in a kernel of its own and return how long that took; raise NotebookError where it fails."""
    notebook = read(path)
    normalize(notebook, with_outputs=False)
    begun = time.monotonic()
    execute(notebook, path.resolve().parent)
    return time.monotonic() - begun


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool on the lessons named, or on all; return the exit status: 1 where one takes too long or fails."""
    parser = argparse.ArgumentParser(description="Measure how long the lessons take to execute.")
    parser.add_argument("paths", nargs="*", type=Path, metavar="NOTEBOOK", help="default: all of notebooks/")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="how many at a time (default: 2)")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ["FWLAB_PROGRESS"] = "off"  # what is measured is nobody's progress
    paths = options.paths or sorted(ROOT.glob("notebooks/*.ipynb"))
    status, each = 0, []
    begun = time.monotonic()
    with ThreadPoolExecutor(options.workers) as workers:
        for path, lesson in [(path, workers.submit(seconds_of, path)) for path in paths]:
            try:
                each.append(lesson.result())
            except NotebookError as error:
                status = 1
                print(f"{path.stem}: {error}", file=sys.stderr, flush=True)
                continue
            slow = each[-1] > AT_MOST
            status = 1 if slow else status
            print(f"{path.stem:24} {each[-1]:5.1f} s{f', and at most {AT_MOST} s are due' if slow else ''}", flush=True)
    whole = time.monotonic() - begun
    print(f"{'together':24} {whole:5.1f} s with {options.workers} at a time; one after the other, {sum(each):.1f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
