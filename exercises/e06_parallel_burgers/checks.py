"""Checks of e06: how long do one cashier and eight cooks take, and who is sooner? The shops are run, not computed."""

from __future__ import annotations

import time
from functools import cache

import anyio

from fwlab import App
from fwlab.grading import Answer, Finding, Guesses, Said, guesses_in, task
from fwlab.lab import burn, load, virtual

COOKS = 8
ORDERS = [(8, 0.1, 0.9), (9, 0.1, 0.9), (16, 0.02, 0.4), (20, 0.1, 0.0), (3, 0.05, 0.5)]
"""Customers, seconds of work, seconds at the grill."""


@cache
def _seconds(shop: str, customers: int, work: float, wait: float) -> float:
    """Return how long a shop takes to serve everybody: the loop, eight threads, or eight processes with a core each."""
    app = App()

    @app.get("/loop")
    async def loop() -> None:
        burn(work)
        await anyio.sleep(wait)

    def cook() -> None:
        burn(work)
        time.sleep(wait)

    app.get("/thread")(cook)
    app.get("/process", run_in="process")(cook)

    async def rush() -> float:
        anyio.to_thread.current_default_thread_limiter().total_tokens = COOKS
        run = await load(app, f"/{shop}", users=customers, requests=customers, warmup=0)
        return run.duration

    return round(virtual(rush, cores=COOKS), 6)


ONE_8, ONE_16 = "8 customers, one cashier", "16 customers, one cashier"
THREADS, PROCESSES = "16 customers, eight threads", "16 customers, eight processes"
PLAIN_ONE = "16 customers who want no patty, one cashier"
PLAIN_THREADS = "16 customers who want no patty, eight threads"


def _durations() -> dict[str, float]:
    return {
        ONE_8: _seconds("loop", 8, 0.1, 0.9),
        ONE_16: _seconds("loop", 16, 0.1, 0.9),
        THREADS: _seconds("thread", 16, 0.1, 0.9),
        PROCESSES: _seconds("process", 16, 0.1, 0.9),
        PLAIN_ONE: _seconds("loop", 16, 0.1, 0.0),
        PLAIN_THREADS: _seconds("thread", 16, 0.1, 0.0),
    }


@task("e06.1", title="How long until the last burger?", points=2)
def seconds(answer: Answer) -> Said:
    return guesses_in(answer, "seconds")


guesses = Guesses(seconds, _durations, to_try="Draw it: what is done one after the other, and what goes on by itself?")
guesses.believes(
    ONE_8,
    8,
    "a-cashier-does-not-wait",
    f"You say 8 seconds for `{ONE_8}`. While the first patty was on the grill, seven more orders were rung up.",
    "The cashier is needed for the work alone. How much work is that in all?",
)
guesses.believes(
    ONE_16,
    1,
    "work-is-not-shared",
    f"You say 1 second for `{ONE_16}`. After one second, the cashier had rung up ten of the sixteen orders.",
    "Waiting can be shared. What cannot?",
)
guesses.believes(
    PLAIN_THREADS,
    0.2,
    "threads-share-a-core",
    f"You say 0.2 seconds for `{PLAIN_THREADS}`. After 0.2 seconds, two orders' worth of work was done, not sixteen.",
    "Of eight threads in one Python process, how many compute at one moment?",
)
guesses.believes(
    PROCESSES,
    1,
    "the-second-round",
    f"You say 1 second for `{PROCESSES}`. After one second, eight customers were served, and eight stood in line.",
    "Whoever cooks for one customer has no time for the next. How many rounds are there?",
)


@task("e06.2", title="Two formulas", points=2)
def formulas(answer: Answer) -> dict[str, list[object]]:
    shops = {name: answer.function(name) for name in ("one_cashier", "eight_cooks")}
    return {name: [shop(*order) for order in ORDERS] for name, shop in shops.items()}


@formulas.expect(to_try="Draw that case, and look what your formula leaves out.")
def both_say_what_the_shops_do(said: dict[str, list[object]], answer: Answer) -> None:
    for name, shop in (("one_cashier", "loop"), ("eight_cooks", "process")):
        for number, order in enumerate(ORDERS):
            true = _seconds(shop, *order)
            assert _says(said, name, number, true), (
                f"{name}{order} is {said[name][number]!r}, and the shop took {true:.4g} seconds."
            )


def _says(said: dict[str, list[object]], name: str, number: int, seconds: float) -> bool:
    value = said[name][number]
    return isinstance(value, int | float) and abs(value - seconds) < 1e-6


@formulas.diagnose
def the_last_patty(said: dict[str, list[object]], answer: Answer) -> Finding | None:
    if not _says(said, "one_cashier", 0, 0.8):
        return None
    return Finding(
        "one_cashier(8, 0.1, 0.9) is 0.8: at that moment the last order was rung up, and its patty went on the grill.",
        "What has the last customer still to wait for?",
        points=1,
    )


@formulas.diagnose
def the_cashier_has_no_eight_hands(said: dict[str, list[object]], answer: Answer) -> Finding | None:
    if not _says(said, "one_cashier", 0, 1.0):
        return None
    return Finding(
        "one_cashier(8, 0.1, 0.9) is 1.0, as if all eight had been rung up at the same moment.",
        "The grill has room for all. For how many customers at a time does the cashier work?",
        points=1,
    )


@formulas.diagnose
def half_a_round(said: dict[str, list[object]], answer: Answer) -> Finding | None:
    if not _says(said, "eight_cooks", 1, 9 / 8) and not _says(said, "eight_cooks", 1, 1.0):
        return None
    return Finding(
        f"eight_cooks(9, 0.1, 0.9) is {said['eight_cooks'][1]}. The ninth customer had to wait for a free cook.",
        "Nobody gets an eighth of a cook. How many rounds are nine customers?",
        points=1,
    )


@formulas.diagnose
def the_cashier_at_the_grill(said: dict[str, list[object]], answer: Answer) -> Finding | None:
    if not _says(said, "one_cashier", 0, 8.0):
        return None
    return Finding(
        "one_cashier(8, 0.1, 0.9) is 8: each customer waits until the patty of the one before is done.",
        "The customers have numbers. What is left that has to be done one after the other?",
        points=1 if _says(said, "eight_cooks", 1, 2.0) else 0,
    )


SHOPS = {
    "0.01 s of work, 0.4 s at the grill": ("process", 0.01, 0.4),
    "0.1 s of work, 0.1 s at the grill": ("process", 0.1, 0.1),
    "0.05 s of work, 0.45 s at the grill": ("process", 0.05, 0.45),
    "0.06 s of work, 0.3 s at the grill": ("process", 0.06, 0.3),
    "0.1 s of work, no grill, and the eight share one core": ("thread", 0.1, 0.0),
}
WORDS = ("one cashier", "eight cooks", "no difference")


def _sooner() -> dict[str, str]:
    said = {}
    for name, (shop, work, wait) in SHOPS.items():
        one, eight = _seconds("loop", 80, work, wait), _seconds(shop, 80, work, wait)
        said[name] = WORDS[2] if abs(one - eight) < 1e-6 else WORDS[0] if one < eight else WORDS[1]
    return said


@task("e06.3", title="Who is done sooner?", points=2)
def sooner(answer: Answer) -> Said:
    return guesses_in(answer, "sooner")


KINDS = list(SHOPS)
words = Guesses(sooner, _sooner, options=WORDS, to_try="Put the numbers into your two formulas.")
words.believes(
    KINDS[4],
    "eight cooks",
    "threads-are-no-cores",
    f"You say that eight cooks are sooner for `{KINDS[4]}`. Both took 8 seconds.",
    "Eight hands, one stove. How much work is done in a second?",
)
words.believes(
    KINDS[0],
    "eight cooks",
    "waiting-needs-no-cook",
    f"You say that eight cooks are sooner for `{KINDS[0]}`. They took 4.1 seconds, the one cashier 1.2.",
    "What do the eight cooks do for most of the time?",
)
words.believes(
    KINDS[1],
    "one cashier",
    "concurrency-is-not-always-better",
    f"You say that one cashier is sooner for `{KINDS[1]}`. The cashier took 8.1 seconds, the eight cooks 2.",
    "How many seconds of work are eighty orders? Who shares them?",
)
words.believes(
    KINDS[3],
    "one cashier",
    "an-eighth-is-enough",
    f"You say that one cashier is sooner for `{KINDS[3]}`. The cashier took 5.1 seconds, the eight cooks 3.6.",
    "Waiting is five times the work here. Is that enough to replace eight cooks?",
)
