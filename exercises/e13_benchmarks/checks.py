"""Checks of e13: what misleads, what a run supports, what customers see of a standstill, and who is really slower."""

from __future__ import annotations

import ast
import math
import time
from itertools import groupby
from typing import Any

import anyio

from fwlab import App
from fwlab.course.grill import CLEANING, SERVICE, shop_with_a_grill
from fwlab.grading import Answer, Finding, Guesses, Recording, Said, guesses_in, record, task
from fwlab.grading.misconceptions import known
from fwlab.lab import LoadError, Run, Sample, last_run, load, virtual

# --- e13.1: find the flaw ------------------------------------------------------------------------------------------

LAYER = "Starlette answers more requests than FastAPI, so the shop will be faster on Starlette"
CLIENT = "the client is at 100 % of its core, and both servers answer 830 requests/s, so they are equal"
POLITE = "10 users, a minute, a standstill of 5 s in it: p99 is 12 ms, so nobody noticed"
TWICE = "p50 was 21 ms before the change and 20 ms after it, so the change is good"
MEAN = "the mean is 40 ms, so a customer waits for 40 ms"
COLD = "100 requests to a process just started, the first of which took 3 s: 28 requests/s"
FLAWS = {
    LAYER: "other layers",
    CLIENT: "the client",
    POLITE: "coordinated omission",
    TWICE: "one run",
    MEAN: "the mean",
    COLD: "no warm-up",
}


@task("e13.1", title="Find the flaw", points=2)
def flaws(answer: Answer) -> Said:
    return guesses_in(answer, "flaw")


guesses = Guesses(
    flaws,
    lambda: FLAWS,
    options=tuple(FLAWS.values()),
    to_try="Each of the six is needed once. Which benchmark would still mislead if all else were done well?",
)
guesses.believes(
    LAYER,
    ("one run", "the client", "no warm-up", "the mean"),
    "more-runs-would-not-help",
    "You look for a mistake in how the two were measured. Measured perfectly, the sentence would mislead as much.",
    "What does the one do for a request that the other leaves to you?",
)
guesses.believes(
    CLIENT,
    ("other layers", "one run", "the mean"),
    "two-equal-figures",
    "Two servers have the same figure, and something else had reached its limit.",
    "What would a third server have answered, which is twice as fast?",
)
guesses.believes(
    POLITE,
    ("the mean", "one run", "no warm-up", "the client"),
    "who-did-not-come",
    "During the standstill of 5 s, each of the 10 users sent one request and waited.",
    "How many customers would have come in those 5 s? Where are they in the sample?",
)
guesses.believes(
    TWICE,
    ("the mean", "no warm-up", "other layers", "the client"),
    "the-weather-of-two-days",
    "21 ms and 20 ms, one run each: the same program can differ by as much between two runs.",
    "What would you have to see before you believe in 1 ms?",
)
guesses.believes(
    COLD,
    ("the mean", "one run", "the client"),
    "the-first-is-not-like-the-others",
    "Of 3.6 s in all, the first of a hundred requests took 3 s.",
    "What does a process do at its first request, and at no other?",
)

# --- e13.2: what a run supports ------------------------------------------------------------------------------------


def _run(times: list[float], *, failed: int = 0, late: float = 0.0, duration: float = 10.0) -> Run:
    """A run whose answers took so long; `failed` more had status 503 after 1 ms; every tenth was sent `late`."""
    samples = []
    for number, seconds in enumerate([*times, *[0.001] * failed]):
        due = number * duration / (len(times) + failed)
        sent = due + (late if number % 10 == 0 else 0.0)
        bad = number >= len(times)
        status, error = (503, "HTTP 503") if bad else (200, None)
        samples.append(Sample(due, sent, sent + seconds, sent + seconds, status, error, 0, False))
    return Run("GET /burgers", 10, duration, tuple(samples))


SHORT = _run([0.01] * 110 + [0.2] * 10)
FAILING = _run([0.05] * 600, failed=400)
LATE = _run([0.01] * 1000, late=0.3)
RUNS = [SHORT, FAILING, LATE]


def _supported(run: Run) -> dict[str, float | None]:
    told = {f"p{percent}": run.percentiles.get(percent) for percent in (50, 95, 99)}
    return {**told, "rps": run.rps, "errors": run.errors.total() / len(run.samples)}


@task("e13.2", title="Report what a run supports", points=3)
def reports(answer: Answer) -> Recording:
    report = answer.function("report")
    return record(lambda: [report(run) for run in RUNS])


def _same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    return one is None and other is None


def _told(seen: Recording, which: Run, key: str) -> Any:
    try:
        return seen.result[RUNS.index(which)][key]
    except (TypeError, KeyError, IndexError):
        return "nothing"


@reports.expect(to_try="Return a dictionary with `p50`, `p95`, `p99`, `rps` and `errors`.")
def each_figure_is_right(seen: Recording, answer: Answer) -> None:
    for run, name in zip(RUNS, ("the short run", "the run with failures", "the run that was late"), strict=True):
        for key, right in _supported(run).items():
            told = _told(seen, run, key)
            assert _same(told, right), f"Of {name}, `{key}` is {right!r}, and the report says {told!r}."


@reports.diagnose
def the_run_refused(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is None or seen.failure.error != "LoadError":
        return None
    return Finding(
        f"A run was asked for what it does not support, and said so: {seen.failure.message}",
        "Some runs have no p99. What has `run.percentiles` for those?",
        points=1,
    )


@reports.diagnose
def a_mean_for_a_median(seen: Recording, answer: Answer) -> Finding | None:
    times = SHORT.response_times
    if not _same(_told(seen, SHORT, "p50"), sum(times) / len(times)):
        return None
    return Finding(
        f"You say that half of the short run's requests took less than {1000 * sum(times) / len(times):.1f} ms. "
        "110 of 120 took 10 ms.",
        "`p50` is the time that half of the requests stay below. Is that what you compute?",
    )


@reports.diagnose
def failures_are_no_answers(seen: Recording, answer: Answer) -> Finding | None:
    if not _same(_told(seen, FAILING, "rps"), len(FAILING.samples) / FAILING.duration):
        return None
    return Finding(
        "A run had 600 answers and 400 failures in 10 s, and you report 100 requests per second.",
        "A server that fails is quick. Which requests does its customer count?",
        points=1,
    )


@reports.diagnose
def the_clients_own_clock(seen: Recording, answer: Answer) -> Finding | None:
    if not _same(_told(seen, LATE, "p95"), LATE.percentile(95, of="service")):
        return None
    return Finding(
        "In a run, every tenth request was sent 300 ms after its time. Your p95 is 10 ms.",
        "From when on does a customer wait: from when the request was due, or from when the client sent it?",
        points=1,
    )


@reports.diagnose
def more_than_the_run_supports(seen: Recording, answer: Answer) -> Finding | None:
    if _told(seen, SHORT, "p99") is None or not isinstance(_told(seen, SHORT, "p99"), int | float):
        return None
    return Finding(
        f"The short run has {len(SHORT.samples)} requests, and you report a p99 of it.",
        "How many requests lie beyond it? What does the run itself say of its p99?",
        points=1,
    )


@reports.diagnose
def a_number_for_a_share(seen: Recording, answer: Answer) -> Finding | None:
    if not _same(_told(seen, FAILING, "errors"), 400):
        return None
    return Finding(
        "`errors` is 400 for a run of 1,000 requests; it is to be the share of them.",
        "Four hundred of how many?",
        points=2,
    )


# --- e13.3: see the standstill -------------------------------------------------------------------------------------

RATE = 100
TOLERANCE = 0.06  # seconds: arrivals by chance, and other lengths, are right too


def _customers_p95() -> float:
    run = virtual(lambda: load(shop_with_a_grill(), "/burgers", rate=RATE, duration=6, warmup=0))
    return run.percentile(95)


@task("e13.3", title="See the standstill", points=2)
def standstill(answer: Answer) -> Recording:
    wait = answer.function("p95_of_customers")

    async def ask() -> dict[str, Any]:
        before = _last()
        said = await wait(shop_with_a_grill())
        run = _last()
        if run is None or run is before or not run.response_times:
            return {"said": said}
        times = run.response_times
        return {
            "said": said,
            "rate": run.rate,
            "p50": times[len(times) // 2],
            "mean": sum(times) / len(times),
            "max": times[-1],
        }

    return record(ask)


def _last() -> Run | None:
    try:
        return last_run()
    except LoadError:
        return None


@standstill.expect(to_try="What do customers wait who come 100 times per second, whatever the shop does?")
def it_is_what_customers_see(seen: Recording, answer: Answer) -> None:
    assert seen.failure is None, "It returned nothing."
    said, right = seen.result["said"], _customers_p95()
    near = isinstance(said, int | float) and abs(said - right) < TOLERANCE
    assert "rate" in seen.result, "No load has asked the shop."
    assert near, f"Of the customers who come, 95 of 100 wait for less than {right:.2f} s. You say {said!r}."


@standstill.diagnose
def too_short_for_p95(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is None or seen.failure.error != "LoadError" or "needs" not in seen.failure.message:
        return None
    return Finding(
        f"The run was too short for what you asked it: {seen.failure.message}",
        "At 100 customers per second, how many seconds do you need?",
        points=1,
    )


@standstill.diagnose
def told_in_milliseconds(seen: Recording, answer: Answer) -> Finding | None:
    said = _said(seen)
    if said is None or said < 2 * CLEANING:
        return None
    return Finding(
        f"You say {said:.4g}. A customer cannot wait for so many seconds here.", "Which unit does a run have?", points=1
    )


@standstill.diagnose
def still_polite(seen: Recording, answer: Answer) -> Finding | None:
    if _said(seen) is None or seen.result["rate"] is not None:
        return None
    return Finding(
        f"Your users send nothing while they wait, and so you see {1000 * seen.result['said']:.0f} ms. For 0.4 s in "
        "every 2 s, nobody is served.",
        "Customers come by the clock. Which argument of `load` makes requests due by a schedule?",
    )


@standstill.diagnose
def one_unlucky_customer(seen: Recording, answer: Answer) -> Finding | None:
    if not _is(seen, "max"):
        return None
    return Finding(
        f"{seen.result['said']:.3g} s is what the unluckiest customer waited for.",
        "One of them all is no percentile. What did 95 of 100 stay below?",
        points=1,
    )


@standstill.diagnose
def half_of_them_are_well(seen: Recording, answer: Answer) -> Finding | None:
    if not _is(seen, "p50") or "service" in _texts(answer):
        return None
    return Finding(
        f"{1000 * SERVICE:.0f} ms is what half of the customers stay below. The cleaning meets fewer than half.",
        "Which percentile would show what happens to one in ten?",
        points=1,
    )


@standstill.diagnose
def a_mean_hides_it(seen: Recording, answer: Answer) -> Finding | None:
    if not _is(seen, "mean"):
        return None
    return Finding(
        f"{1000 * seen.result['said']:.0f} ms is the mean: most wait for 10 ms, some for 400, and few for that.",
        "What did 95 of 100 stay below?",
        points=1,
    )


@standstill.diagnose
def counted_from_when_it_was_sent(seen: Recording, answer: Answer) -> Finding | None:
    said = _said(seen)
    if said is None or seen.result["rate"] is None or said > 2 * SERVICE:
        return None
    return Finding(
        "Requests were due by a schedule, and your figure counts from when each was sent, which was later.",
        "A customer waits from when the request was due. Which of the run's two clocks is that?",
        points=1,
    )


standstill.diagnose(*known("M3"))


def _said(seen: Recording) -> float | None:
    """What the answer returned, in seconds; ``None`` where that is no number, or of no load."""
    if seen.failure is not None or "rate" not in seen.result or not isinstance(seen.result["said"], int | float):
        return None
    return float(seen.result["said"])


def _is(seen: Recording, figure: str) -> bool:
    said = _said(seen)
    return said is not None and _same(said, seen.result[figure])


def _texts(answer: Answer) -> set[str]:
    constants = (node.value for node in ast.walk(answer.tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


# --- e13.4: compare fairly -----------------------------------------------------------------------------------------

SAME, COLD_START, SLOWER = "the same shop twice", "the same shop, once cold", "a shop that takes a quarter longer"
RIGHT = {SAME: "cannot tell", COLD_START: "cannot tell", SLOWER: "slower"}


def _pair(what: str) -> tuple[App, App, list[str]]:
    """Two shops under the same weather, and who is asked, in order."""
    asked: list[str] = []

    def shop(name: str, factor: float, cold: float) -> App:
        app = App()
        starts = [cold]

        @app.get("/burgers")
        async def burgers() -> str:
            asked.append(name)
            if starts:
                await anyio.sleep(starts.pop())
            await anyio.sleep(0.02 * factor * (1 + 0.12 * math.sin(2 * time.time())))
            return "a burger"

        return app

    first = shop("a", 1.0, 0.0)
    second = shop("b", 1.4 if what == SLOWER else 1.0, 4.0 if what == COLD_START else 0.0)
    return first, second, asked


@task("e13.4", title="Compare fairly", points=3)
def fair(answer: Answer) -> Recording:
    verdict = answer.function("verdict")

    async def three() -> dict[str, tuple[object, str]]:
        found: dict[str, tuple[object, str]] = {}
        for what in RIGHT:
            a, b, asked = _pair(what)
            said = await verdict(a, b)
            found[what] = said, "".join(name for name, _ in groupby(asked))
        return found

    return record(three)


@fair.expect(to_try="What is the verdict on two shops of which you know that they are the same?")
def each_verdict_is_right(seen: Recording, answer: Answer) -> None:
    assert seen.failure is None, "It gave no verdict."
    for what, right in RIGHT.items():
        said = seen.result[what][0]
        assert said == right, f"Of {what}, the verdict is {said!r}, and {right!r} is true."


@fair.diagnose
def another_word(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None:
        return None
    wrong = [said for said, _ in seen.result.values() if said not in ("faster", "slower", "cannot tell")]
    if not wrong:
        return None
    return Finding(
        f"The verdict is {wrong[0]!r}.", "It is one of three: 'faster', 'slower' or 'cannot tell'. Which of them is it?"
    )


@fair.diagnose
def one_run_each(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or len(seen.result[SAME][1]) > 3 or _verdict(seen, SAME) == "cannot tell":
        return None
    return Finding(
        f"Two shops that are the same had one run each, and the verdict is that the second is {_verdict(seen, SAME)}.",
        "The weather has changed between the two runs. How could both have the same weather?",
    )


@fair.diagnose
def never_different(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or {_verdict(seen, what) for what in RIGHT} != {"cannot tell"}:
        return None
    return Finding(
        "A shop that takes a quarter longer is not told from one that does not.",
        "Is the verdict made of anything that was measured? What would make it 'slower'?",
        points=1,
    )


@fair.diagnose
def turned_round(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or _verdict(seen, SLOWER) != "faster":
        return None
    return Finding(
        "The second shop takes longer, and the verdict is 'faster'.",
        "The verdict is about the second beside the first. Which is which in your call?",
        points=1,
    )


@fair.diagnose
def a_winner_of_nothing(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or _verdict(seen, SAME) == "cannot tell":
        return None
    return Finding(
        f"Two shops that are the same took turns, and the verdict is that the second is {_verdict(seen, SAME)}.",
        "A ratio of 1.01 is a ratio, too. How much does it scatter from pair to pair, and is 1 within that?",
        points=1,
    )


@fair.diagnose
def the_cold_start_counts(seen: Recording, answer: Answer) -> Finding | None:
    if seen.failure is not None or _verdict(seen, COLD_START) == "cannot tell":
        return None
    return Finding(
        "Two shops are the same, but the first request to the second takes 4 s. The verdict is "
        f"{_verdict(seen, COLD_START)!r}.",
        "Where does that one request come into your figure? There are two ways to keep it out.",
        points=2,
    )


fair.diagnose(*known("M3"))


def _verdict(seen: Recording, what: str) -> object:
    return seen.result[what][0]
