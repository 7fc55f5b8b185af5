"""The results as text: tables in microseconds, in ratios, in requests per second, and the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.apps import NAMES
from benchmarks.cases import CASES
from benchmarks.panel import RATE
from benchmarks.ratios import geometric_mean, ratios
from benchmarks.targets import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_CASE_NAMES = [case.name for case in CASES]


def render(results: dict[str, Any]) -> str:
    """Return the whole report."""
    parts = [_machine(results["machine"])]
    parts += [f"Not installed, so left out: {', '.join(results['missing'])}."] if results.get("missing") else []
    for part, draw in _PARTS.items():
        if results.get(part):
            parts.append(draw(results[part]))
    outcomes = list(judge(results))
    if outcomes:
        rows = [[o.what, f"{o.value:.2f}", o.bound, "reached" if o.reached else "MISSED"] for o in outcomes]
        parts.append("Targets, fwlab's share\n" + table(["", "measured", "aimed at", ""], rows))
    return "\n\n".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out rows under their heads: the first column to the left, the others to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _machine(machine: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items() if version)
    load = machine["load_average"]
    busy = "unknown" if load is None else f"{load} at the beginning, {machine['load_average_after']} at the end"
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, {machine['python']}\n"
        f"{versions}\nLoad average: {busy}."
    )


def _cases_table(numbers: Mapping[str, Mapping[str, float]], show: Callable[[float], str], mean: bool = False) -> str:
    cases = [case for case in _CASE_NAMES if any(case in row for row in numbers.values())]
    rows = []
    for framework in [name for name in NAMES if name in numbers]:
        row = numbers[framework]
        cells = [show(row[case]) if case in row else "-" for case in cases]
        if mean:
            average = geometric_mean(row.values())
            cells.append("-" if average is None else show(average))
        rows.append([framework, *cells])
    return table(["", *cases, *(["mean"] if mean else [])], rows)


def _in_process(times: Mapping[str, Mapping[str, float]]) -> str:
    of_peers = {peer: ratios(times, "fwlab", peer) for peer in times if peer != "fwlab"}
    return (
        "(a) In process: microseconds of CPU a request\n"
        + _cases_table(times, lambda seconds: f"{1e6 * seconds:.1f}")
        + "\n\nfwlab ÷ peer (mean: geometric, of the cases that both have)\n"
        + _cases_table(of_peers, lambda ratio: f"{ratio:.2f}", mean=True)
    )


def _wire(wire: Mapping[str, Any]) -> str:
    rates, cpu = wire["rates"], wire["cpu"]
    shares = {name: ratios(rates, name, "raw") for name in rates}
    return (
        f"(b) Over the wire: requests per second, driven by {wire['driver']}, the best of {wire['rounds']} rounds\n"
        + _cases_table(rates, lambda rate: f"{rate:,.0f}")
        + "\n\nThe share of the raw app's requests per second\n"
        + _cases_table(shares, lambda share: f"{share:.2f}")
        + "\n\nMicroseconds of the server's CPU a request\n"
        + _cases_table(cpu, lambda seconds: f"{1e6 * seconds:.0f}")
    )


def _imports(imports: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        [name, f"{1000 * imports[name]['seconds']:.0f}", f"{imports[name]['bytes'] / 2**20:.1f}"]
        for name in NAMES
        if name in imports
    ]
    return "(c) The import: its CPU time and memory\n" + table(["", "ms", "MiB"], rows)


def _threads(threads: Mapping[str, float]) -> str:
    names = {"bare": "bare anyio.to_thread.run_sync", "handler": "fwlab, a def handler"}
    rows = [[names[what], f"{1e6 * seconds:.1f}"] for what, seconds in threads.items()]
    return "A hop into a thread, microseconds of CPU\n" + table(["", "us"], rows)


def _routes(routes: Mapping[str, Mapping[str, float]]) -> str:
    kinds = list(next(iter(routes.values())))
    rows = [[f"{count} routes", *(f"{1e6 * row[kind]:.2f}" for kind in kinds)] for count, row in routes.items()]
    return "fwlab with few and with many routes, microseconds of CPU a request\n" + table(["", *kinds], rows)


def _tracing(tracing: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        [name, *(f"{1e6 * row[kind]:.1f}" for kind in ("bare", "off", "on")), f"{row['on'] / row['bare']:.2f}"]
        for name, row in tracing.items()
    ]
    heading = "A request that is answered in JSON, in process, with and without a timeline: microseconds of CPU\n"
    return heading + table(["", "bare", "off", "on", "on ÷ bare"], rows)


def _virtual_time(virtual_time: Mapping[str, Any]) -> str:
    tries, same = virtual_time["tries"], virtual_time["same"]
    return (
        f"Virtual time: of {tries} tries beside a busy core, {same} gave the same bytes; "
        f"their SHA-256 begins with {virtual_time['digest'][:16]}\n"
        f"A run of {virtual_time['requests']:,} requests: {virtual_time['seconds']:.2f} s of real time"
    )


def _clients(clients: Mapping[str, Any]) -> str:
    parts = []
    if "cpu" in clients:
        rows = [[name, f"{1e6 * seconds:.1f}"] for name, seconds in clients["cpu"].items()]
        parts.append("Clients, 50 users: microseconds of the client's CPU a request\n" + table(["", "us"], rows))
    pool = clients["pool"]
    users = list(next(iter(pool.values())))
    rows = [[name, *(f"{1e6 * row[count]:.0f}" for count in users)] for name, row in pool.items()]
    parts.append("With httpx: microseconds of the client's CPU a request, by users\n" + table(["", *users], rows))
    rows = [[name, f"{1000 * seconds:.1f}"] for name, seconds in clients["p50"].items()]
    parts.append("What a wait of 50 ms takes with 100 users, the median\n" + table(["", "ms"], rows))
    return "\n\n".join(parts)


def _comparisons(comparisons: Mapping[str, Any]) -> str:
    words = ("faster", "slower", "cannot tell")
    rows = [
        [what, *(str(comparisons[name].get(word, 0)) for word in words)]
        for name, what in (("same", "two identical servers"), ("slower", "the second takes 1.25 times as long"))
    ]
    return f"{comparisons['tries']} comparisons: the answers\n" + table(["", *words], rows)


def _panel(shares: Mapping[str, float]) -> str:
    rows = [[who, f"{100 * share:.1f} %"] for who, share in shares.items()]
    heading = f"A kernel that answers {RATE} requests a second: its share of a processor, by who looks\n"
    return heading + table(["", ""], rows)


_PARTS = {
    "in_process": _in_process,
    "wire": _wire,
    "imports": _imports,
    "threads": _threads,
    "routes": _routes,
    "tracing": _tracing,
    "virtual_time": _virtual_time,
    "clients": _clients,
    "comparisons": _comparisons,
    "panel": _panel,
}
