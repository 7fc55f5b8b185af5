"""``python -m benchmarks``: measure what was asked for, print the report, keep it as JSON and as a figure."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import (
    clients,
    comparisons,
    imports,
    in_process,
    machine,
    panel,
    report,
    routes,
    threads,
    tracing,
    virtual_time,
    wire,
)
from benchmarks.apps import NAMES, load_app
from benchmarks.calling import WrongAnswerError
from benchmarks.progress import Progress
from benchmarks.served import ServerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.cases import Case
    from fwlab.types import ASGIApp

PARTS = (
    "in-process",
    "wire",
    "imports",
    "threads",
    "routes",
    "tracing",
    "virtual-time",
    "clients",
    "comparisons",
    "panel",
)
RESULTS = Path(__file__).parent / "results"


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much is measured: rounds of each part, and what one measurement takes (s, or requests)."""

    in_process_rounds: int = 40
    in_process_seconds: float = 0.02
    wire_rounds: int = 5
    wire_seconds: float = 2
    wire_cases: tuple[str, ...] = ("text", "json", "parameters", "body", "dependency", "def")
    import_rounds: int = 10
    thread_rounds: int = 400
    route_rounds: int = 60
    tracing_rounds: int = 60
    virtual_tries: int = 100
    requests: int = 400
    client_rounds: int = 5
    client_seconds: float = 2
    client_requests: int = 400
    comparisons: int = 20
    panel_rounds: int = 5
    panel_seconds: float = 4


QUICK = Effort(
    in_process_rounds=8,
    in_process_seconds=0.01,
    wire_rounds=1,
    wire_seconds=1,
    wire_cases=("json", "body"),
    import_rounds=1,
    thread_rounds=100,
    route_rounds=20,
    tracing_rounds=20,
    virtual_tries=5,
    requests=200,
    client_rounds=1,
    client_seconds=1,
    client_requests=100,
    comparisons=2,
    panel_rounds=1,
    panel_seconds=2,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite and return the exit status."""
    options = _options(arguments)
    apps: dict[str, ASGIApp] = {}
    cases: dict[str, list[Case]] = {}
    missing = []
    for name in options.frameworks or NAMES:
        try:
            apps[name], cases[name] = load_app(name)
        except ImportError as error:
            missing.append(name)
            print(f"{name} is left out: {error}", file=sys.stderr)
    # A peer sets up logging when it is imported, and then each request that a client sends is a line.
    logging.getLogger().setLevel(logging.WARNING)
    results: dict[str, Any] = {"date": _now(), "machine": machine.describe(), "missing": missing}
    try:
        for part in options.only or PARTS:
            results[part.replace("-", "_")] = _measure(part, apps, cases, QUICK if options.quick else Effort())
    except KeyboardInterrupt:
        print("\nStopped; nothing is kept.", file=sys.stderr)
        return 130
    except (WrongAnswerError, ServerError, RuntimeError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    results["machine"]["load_average_after"] = machine.load_average()
    print(report.render(results))
    print(f"\nKept in {_keep(results, options.out)}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="What fwlab costs beside other frameworks."
    )
    parser.add_argument("--quick", action="store_true", help="under a minute; good for a first look")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part; may be repeated")
    parser.add_argument("--frameworks", nargs="+", choices=NAMES, help="compare these")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the results are kept")
    return parser.parse_args(arguments)


def _measure(part: str, apps: dict[str, ASGIApp], cases: dict[str, list[Case]], effort: Effort) -> Any:
    count = sum(map(len, cases.values()))
    if part == "in-process":
        rounds, seconds = effort.in_process_rounds, effort.in_process_seconds
        with Progress("in process", rounds * count) as progress:
            return asyncio.run(in_process.measure(apps, cases, rounds=rounds, seconds=seconds, step=progress.step))
    if part == "wire":
        cases = {name: [case for case in its if case.name in effort.wire_cases] for name, its in cases.items()}
        rounds, seconds = effort.wire_rounds, effort.wire_seconds
        with Progress("over the wire", rounds * sum(map(len, cases.values()))) as progress:
            return wire.measure(cases, rounds=rounds, seconds=seconds, step=progress.step)._asdict()
    if part == "imports":
        rounds = effort.import_rounds
        with Progress("imports", (rounds + 1) * sum(name in imports.STATEMENTS for name in apps)) as progress:
            return imports.measure(list(apps), rounds=rounds, step=progress.step)
    if part == "threads":
        with Progress("threads", effort.thread_rounds) as progress:
            measuring = threads.measure(rounds=effort.thread_rounds, step=progress.step)
            return asyncio.run(measuring)
    if part == "tracing":
        followed = {name: app for name, app in apps.items() if name in tracing.TRACED}
        with Progress("tracing", effort.tracing_rounds * len(followed)) as progress:
            return asyncio.run(tracing.measure(followed, rounds=effort.tracing_rounds, step=progress.step))
    if part == "virtual-time":
        with Progress("virtual time", effort.virtual_tries + 1) as progress:
            return virtual_time.measure(tries=effort.virtual_tries, step=progress.step)
    if part == "clients":
        rounds, seconds, requests = effort.client_rounds, effort.client_seconds, effort.client_requests
        with Progress("clients", clients.steps(rounds)) as progress:
            return clients.measure(rounds=rounds, seconds=seconds, requests=requests, step=progress.step)
    if part == "comparisons":
        with Progress("comparisons", 2 * effort.comparisons) as progress:
            return asyncio.run(comparisons.measure(tries=effort.comparisons, step=progress.step))
    if part == "panel":
        rounds, seconds = effort.panel_rounds, effort.panel_seconds
        with Progress("the panel", rounds * len(panel.LOOKS)) as progress:
            return asyncio.run(panel.measure(rounds=rounds, seconds=seconds, step=progress.step))
    with Progress("routes", effort.route_rounds * 4) as progress:
        measuring = routes.measure(rounds=effort.route_rounds, requests=effort.requests, step=progress.step)
        return asyncio.run(measuring)


def _keep(results: dict[str, Any], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{results['date'].replace(':', '')}.json"
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if results.get("in_process") or results.get("wire"):
        from benchmarks.figure import draw  # only now: what is measured should not share its process with matplotlib

        draw(results).save(path.with_suffix(".svg"))
    return path


def _now() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
