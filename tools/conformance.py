"""Runs the tests of FastAPI's own tutorial on fwlab, and holds in docs/fastapi.md how many pass.

FastAPI's source package, which carries the tutorial and its tests, and an environment for them are put into a folder of
the user's cache, once; from then on no network is needed. ``tests/conformance/`` holds what takes FastAPI's place. The
table in docs/fastapi.md is the record: a run that passes in every folder of the tutorial at least what stands there
writes the table anew, any other fails and leaves it. In the same environment, which has FastAPI too, the tests in
``tests/conformance/`` ask apps of ours the same on both.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "fastapi.md"
STAND_IN = ROOT / "tests" / "conformance"
REQUIREMENTS = STAND_IN / "requirements.txt"

VERSION = "0.165.0"
SHA256 = "dd94d4128319c1e1d50535ab023ab698f850a4d2822f0e181747b46f4ff3c0ab"
TESTS = "tests/test_tutorial"
SET_UP_LIMIT = 600  # seconds for each step of the set-up
RUN_LIMIT = 600  # seconds for the suite, which takes less than one minute on a machine that does nothing else

BEGIN = "<!-- conformance: begin; `make conformance` writes what is between this line and the next such -->"
END = "<!-- conformance: end -->"
HEAD = ("| folder | tier | tests | passed |", "|---|---|--:|--:|")


class ConformanceError(Exception):
    """The suite cannot be set up or run; the message says why, and what to do."""


@dataclass(frozen=True)
class Row:
    """A folder of the tutorial: how many tests FastAPI has for it, and how many of them pass on fwlab."""

    folder: str
    tier: str
    tests: int
    passed: int


# --- the record ----------------------------------------------------------------------------------------------------


def read_table(page: str) -> list[Row]:
    """Return the rows of the table between the marks, without those of the sums."""
    found = re.findall(r"^\| (\w+) \| ([\w ]+) \| (\d+) \| (\d+) \|$", _around_table(page)[1], re.MULTILINE)
    return [Row(folder, tier, int(tests), int(passed)) for folder, tier, tests, passed in found]


def write_table(page: str, rows: list[Row]) -> str:
    """Return the page with these rows between the marks."""
    before, _, after = _around_table(page)
    return f"{before}{BEGIN}\n\n{table(rows)}\n\n{END}{after}"


def _around_table(page: str) -> tuple[str, str, str]:
    before, begun, rest = page.partition(BEGIN)
    between, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ConformanceError(f"{PAGE.name} lacks a line: {BEGIN if not begun else END}")
    return before, between, after


def table(rows: list[Row]) -> str:
    """The rows in Markdown, and for each tier and for all of them the sum."""
    lines = [f"| {row.folder} | {row.tier} | {row.tests} | {row.passed} |" for row in rows]
    for name in (*dict.fromkeys(row.tier for row in rows), "all"):
        counted = [row for row in rows if name in (row.tier, "all")]
        tests, passed = sum(row.tests for row in counted), sum(row.passed for row in counted)
        lines.append(f"| **{name}** | | **{tests}** | **{passed}** |")
    return "\n".join((*HEAD, *lines))


# --- what a run found ----------------------------------------------------------------------------------------------


def read_results(junit: str) -> dict[str, dict[str, str | None]]:
    """From pytest's JUnit report: for each folder, each test, and what was wrong (None where it passed)."""
    results: dict[str, dict[str, str | None]] = defaultdict(dict)
    for case in ElementTree.fromstring(junit).iter("testcase"):
        test = ".".join(filter(None, (case.get("classname"), case.get("name"))))
        if not (place := re.search(r"\btest_tutorial\.test_(\w+)", test)):
            raise ConformanceError(f"pytest reports a test of no folder of the tutorial: {test!r}")
        tests = results[place[1]]
        wrong = next((f"{part.tag}: {_what_was_wrong(part)}" for part in case if _is_wrong(part)), None)
        tests[test] = tests.get(test) or wrong  # a test that passes and fails to clean up is reported twice
    return dict(results)


def _is_wrong(part: ElementTree.Element) -> bool:
    """Whether a part of a report speaks against its test; a test that is expected to fail, and fails, is right."""
    return part.tag in ("failure", "error", "skipped") and part.get("type") != "pytest.xfail"


def _what_was_wrong(part: ElementTree.Element) -> str:
    text = part.text or part.get("message") or "no word"
    said = re.findall(r"^E\s+(\S.*)$", text, re.MULTILINE) or text.strip().splitlines()[-1:]
    return str(said[0])[:160]


def rows_of(results: dict[str, dict[str, str | None]], held: list[Row], folders: list[str]) -> list[Row]:
    """Return the rows of a run of the folders named, or of all.

    A folder never has fewer tests than are held: a file that cannot be imported is reported as a single failure, and a
    folder of which nothing is reported has passed nothing.
    """
    known = {row.folder: row for row in held}
    if strangers := results.keys() - known.keys():
        raise ConformanceError(f"{PAGE.name} has no row, and so no tier, for: {', '.join(sorted(strangers))}")
    rows = []
    for row in held:
        if row.folder in folders or not folders:
            tests = results.get(row.folder, {}).values()
            rows.append(replace(row, tests=max(row.tests, len(tests)), passed=sum(wrong is None for wrong in tests)))
    return rows


def below(rows: list[Row], held: list[Row]) -> list[str]:
    """Return a sentence for each folder of the run in which fewer tests pass than are held."""
    floor = {row.folder: row.passed for row in held}
    return [
        f"{row.folder}: {row.passed} tests pass, {floor[row.folder]} are held"
        for row in rows
        if row.passed < floor[row.folder]
    ]


# --- the suite and its environment ---------------------------------------------------------------------------------


def cache_folder() -> Path:
    """Where the suite and its environment are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fwlab" / f"conformance-{VERSION}"


def make_environment(cache: Path) -> Path:
    """Make the environment that the suite runs in, unless it is there; return its Python."""
    environment = cache / "python-{}.{}".format(*sys.version_info)
    python, state = environment / "bin" / "python", environment / "made-from"
    recipe = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    if not (state.is_file() and state.read_text() == recipe):
        print(f"installing what the suite needs into {environment} (once)", flush=True)
        shutil.rmtree(environment, ignore_errors=True)
        beside = Path(sys.executable).with_name("uv")
        uv = str(beside) if beside.exists() else "uv"
        _step("make an environment for the suite", uv, "venv", "--quiet", "--python", sys.executable, str(environment))
        requirements = ("--require-hashes", "--requirements", str(REQUIREMENTS))
        _step("install what the suite needs", uv, "pip", "install", "--quiet", "--python", str(python), *requirements)
        state.write_text(recipe)
    return python


def fetch_suite(cache: Path, python: Path) -> Path:
    """Lay out the tutorial and its tests, unless they are there; return the folder."""
    suite = cache / "suite"
    if not suite.is_dir():
        print(f"fetching FastAPI's source package {VERSION} into {suite} (once)", flush=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            wanted = ("--no-binary", "fastapi", "--no-deps", f"fastapi=={VERSION}")
            _step("fetch FastAPI's source", str(python), "-m", "pip", "download", "--quiet", *wanted, "--dest", folder)
            lay_out(Path(folder, f"fastapi-{VERSION}.tar.gz"), SHA256, suite)
    return suite


def lay_out(package: Path, sha256: str, suite: Path) -> None:
    """Unpack a source package, all of it but the framework itself; the folder appears whole or not at all."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != sha256:
        raise ConformanceError(f"{package.name} is not the file that was expected: its sha256 is {found}, not {sha256}")
    with tempfile.TemporaryDirectory(dir=suite.parent) as folder, tarfile.open(package) as archive:
        top = package.name.removesuffix(".tar.gz")
        framework = f"{top}/{top.partition('-')[0]}/"
        wanted = [member for member in archive.getmembers() if not member.name.startswith(framework)]
        archive.extractall(folder, members=wanted, filter="data")
        Path(folder, top).rename(suite)


def _step(what: str, *command: str) -> None:
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=SET_UP_LIMIT)
    except subprocess.TimeoutExpired:
        raise ConformanceError(f"gave up after {SET_UP_LIMIT} s to {what}") from None
    except subprocess.CalledProcessError:
        raise ConformanceError(f"could not {what}; the reason is above. The first run needs a network.") from None
    except OSError as error:
        raise ConformanceError(f"could not {what}: {error}") from None


# --- the run -------------------------------------------------------------------------------------------------------


def run_suite(python: Path, suite: Path, folders: list[str], options: list[str]) -> str:
    """Run the tests of the folders named, or all, in a copy of the suite; return pytest's JUnit report."""
    for folder in folders:
        if not (suite / TESTS / f"test_{folder}").is_dir():
            raise ConformanceError(f"FastAPI's tutorial has no folder {folder!r}")
    with tempfile.TemporaryDirectory() as folder:
        copy, report = Path(folder, "suite"), Path(folder, "report.xml")
        shutil.copytree(suite, copy)
        paths = [f"{TESTS}/test_{folder}" for folder in folders] or [TESTS]
        options = ["-p", "in_fastapis_place", f"--junitxml={report}", "--continue-on-collection-errors", *options]
        _pytest(python, copy, *options, *paths)
        if not report.is_file():
            raise ConformanceError("pytest ended without a report")
        return report.read_text(encoding="utf-8")


def run_beside() -> bool:
    """Run the tests that ask apps of ours on FastAPI and on fwlab; return whether all of them pass."""
    python = make_environment(cache_folder())
    # Neither this repository's settings nor what prepares its other tests: they need what is not there.
    return _pytest(python, ROOT, "--noconftest", "-c", os.devnull, "--rootdir", str(ROOT), str(STAND_IN)) == 0


def _pytest(python: Path, folder: Path, *arguments: str) -> int:
    """Run pytest in a folder, and end it and what it started when it takes too long; return its status."""
    command = [
        str(python),
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-q",
        "--continue-on-collection-errors",
        *arguments,
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"PYTHONPATH": os.pathsep.join(map(str, (STAND_IN, ROOT))), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.wait(RUN_LIMIT)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise ConformanceError(f"the tests have not ended after {RUN_LIMIT} s") from None
            raise


def conformance(folders: list[str], options: list[str]) -> bool:
    """Run the suite, print what it found, renew the table; return whether nothing is below what is held."""
    held = read_table(PAGE.read_text(encoding="utf-8"))
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    python = make_environment(cache)
    suite = fetch_suite(cache, python)
    begun = time.monotonic()
    results = read_results(run_suite(python, suite, folders, options))
    rows = rows_of(results, held, folders)
    print(f"\n{table(rows)}\n\n{time.monotonic() - begun:.0f} s. Not passed:")
    for tests in results.values():
        for test, wrong in tests.items():
            if wrong:
                print(f"  {test.partition('test_tutorial.')[2]}\n      {wrong}")
    same = bool(folders) or run_beside()
    if missed := below(rows, held):
        print("\nBelow what docs/fastapi.md holds:", *missed, sep="\n  ", file=sys.stderr)
    elif not folders:
        PAGE.write_text(write_table(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
    if not same:
        print("\nApps of ours are not the same on FastAPI and on fwlab; the reason is above.", file=sys.stderr)
    return same and not missed


def main() -> int:
    """Run the tool; return the exit status."""
    parser = argparse.ArgumentParser(description="Run the tests of FastAPI's tutorial on fwlab.")
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="of the tutorial, such as body; default: all")
    parser.add_argument("--show", action="store_true", help="show each failure in full")
    options = parser.parse_args()
    try:
        held = conformance(options.folders, ["--tb=short"] if options.show else ["--tb=no", "--no-summary"])
    except ConformanceError as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
