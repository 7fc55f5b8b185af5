"""Checks of e14: does a test notice what is wrong, does a mend keep its promises, and who reads a translation?"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import anyio

from fwlab.course.market import ask_market
from fwlab.grading import Answer, Finding, Guesses, Recording, Said, guesses_in, record, task
from fwlab.grading.misconceptions import known
from fwlab.lab import virtual

# --- right and wrong versions of Kept ------------------------------------------------------------------------------


class _Kept:
    """What all have in common: the question, and for how long its answer is good."""

    def __init__(self, ask, seconds):
        self._ask, self._seconds = ask, seconds
        self._until = float("-inf")
        self._asking = anyio.Lock()
        self._question = None

    def _is_old(self):
        return anyio.current_time() >= self._until

    async def _renew(self):
        self._value = await self._ask()
        self._until = anyio.current_time() + self._seconds


class _Locked(_Kept):
    async def get(self):
        async with self._asking:
            if self._is_old():
                await self._renew()
            return self._value


class _Shared(_Kept):
    """Another right design: the question is a task, for which all wait, and which nobody who leaves takes along."""

    async def get(self):
        if self._is_old():
            if self._question is None:
                self._question = asyncio.ensure_future(self._renew())
                self._question.add_done_callback(self._over)
            await asyncio.shield(self._question)
        return self._value

    def _over(self, question):
        self._question = None
        if not question.cancelled():
            question.exception()


class _Stampede(_Kept):
    async def get(self):
        if self._is_old():
            await self._renew()
        return self._value


class _ForEver(_Locked):
    def _is_old(self):
        return self._until == float("-inf")


class _Nothing(_Shared):
    def _is_old(self):
        return True


class _ErrorKept(_Locked):
    async def get(self):
        async with self._asking:
            if self._question is not None:
                raise self._question
            if self._is_old():
                try:
                    await self._renew()
                except Exception as error:
                    self._question = error
                    raise
            return self._value


RIGHT = {"with a lock": _Locked, "with a shared task": _Shared}
STAMPEDE = "all who come at once ask"
FOR_EVER = "never asks again"
NOTHING = "keeps nothing for those who come later"
ERROR = "keeps an error"
MUTANTS = {STAMPEDE: _Stampede, FOR_EVER: _ForEver, NOTHING: _Nothing, ERROR: _ErrorKept}

# --- e14.1: a test that kills --------------------------------------------------------------------------------------


@task("e14.1", title="Write a test that kills four mutants", points=3)
def killer(answer: Answer) -> dict[str, str]:
    test = answer.function("test_kept")
    return {name: _color(test, version) for name, version in {**RIGHT, **MUTANTS}.items()}


def _color(test: Any, version: Any) -> str:
    seen = record(partial(test, version))
    if seen.stuck:
        return seen.stuck
    if seen.failure is None:
        return "green"
    return "red" if seen.failure.error == "AssertionError" else seen.failure.text


@killer.expect(to_try="What does a right one do that your test does not allow?")
def right_ones_pass(seen: dict[str, str], answer: Answer) -> None:
    refused = [name for name in RIGHT if seen[name] != "green"]
    assert not refused, f"On a right Kept, {refused[0]}, the test is not green: {seen[refused[0]]}"


@killer.expect(to_try="Which of the four promises does it break?")
def mutants_are_killed(seen: dict[str, str], answer: Answer) -> None:
    alive = [name for name in MUTANTS if seen[name] == "green"]
    assert not alive, f"A mutant is alive: it {alive[0]}."


@killer.diagnose
def it_does_not_end_as_a_test_does(seen: dict[str, str], answer: Answer) -> Finding | None:
    other = [text for text in seen.values() if text not in {"green", "red"}]
    if not other or all(seen[name] == "green" for name in RIGHT):
        return None
    return Finding(
        f"On a right Kept, the test ended neither green nor with a failed `assert`:\n{other[0]}",
        "Which line is that, and what does it ask of Kept?",
    )


@killer.diagnose
def a_right_one_is_refused(seen: dict[str, str], answer: Answer) -> Finding | None:
    refused = [name for name in RIGHT if seen[name] == "red"]
    if not refused:
        return None
    return Finding(
        f"The test is red on {len(refused)} of {len(RIGHT)} versions that keep all four promises"
        + (": it would be red whatever they do." if len(refused) == len(RIGHT) else f", such as one {refused[0]}."),
        "Does your test ask for something that nobody has promised?",
    )


@killer.diagnose
def it_cannot_fail(seen: dict[str, str], answer: Answer) -> Finding | None:
    if any(seen[name] != "green" for name in MUTANTS):
        return None
    return Finding(
        "The test is green on all four mutants. So far it cannot fail.",
        "Take the first promise. What do you have to count to see whether it is kept, and who must come meanwhile?",
    )


def _alive(mutant: str, seen_there: str, to_try: str) -> Any:
    def diagnose(seen: dict[str, str], answer: Answer) -> Finding | None:
        if seen[mutant] != "green":
            return None
        killed = sum(seen[name] != "green" for name in MUTANTS)
        return Finding(
            f"{killed} of {len(MUTANTS)} mutants are killed. One that is alive {seen_there}", to_try, points=killed // 2
        )

    return diagnose


STORIES = {
    STAMPEDE: (
        "the_stampede_is_alive",
        "asks once for each of those who come at the same time.",
        "How do several come at the same time? What must `ask` do so that the second has a turn before its answer?",
    ),
    FOR_EVER: ("for_ever_is_alive", "never asks again.", "When would a right one ask again? Let that moment come."),
    NOTHING: (
        "nothing_kept_is_alive",
        "has forgotten the answer by the time that somebody else comes.",
        "Let somebody come later, but not too late. How often may it have asked then?",
    ),
    ERROR: (
        "a_kept_error_is_alive",
        "keeps an error as it would keep an answer.",
        "Let `ask` fail once. What does whoever comes after that have a right to?",
    ),
}
for _mutant, (_name, _seen, _to_try) in STORIES.items():
    _diagnosis = _alive(_mutant, _seen, _to_try)
    _diagnosis.__name__ = _name
    killer.diagnose(_diagnosis)

# --- e14.2: a mend that keeps its promises -------------------------------------------------------------------------

CROWD = 20
ASKING = 0.1
GOOD_FOR = 10.0
LATER = 1.0
LEAVES = ASKING / 2
PRICE = 9


class _Market:
    """Counts the questions, and refuses the first if it is told to."""

    def __init__(self, refuses=False):
        self.asked, self._refuses = 0, refuses

    async def ask(self):
        self.asked += 1
        first = self.asked == 1
        await anyio.sleep(ASKING)
        if first and self._refuses:
            raise ConnectionError("The market does not answer.")
        return PRICE


async def _told(kept, at=0.0, leaves=None):
    """What a customer is told, who comes at some time and may leave: it, or the error's name, and when."""
    await anyio.sleep(at - anyio.current_time())
    got: object = "left"
    with anyio.move_on_after(leaves):
        try:
            got = await kept.get()
        except ConnectionError:
            got = "ConnectionError"
        except asyncio.CancelledError:
            if leaves is None:
                return "CancelledError", round(anyio.current_time(), 6)
            raise
    return got, round(anyio.current_time(), 6)


async def _all_told(kept, customers):
    return await asyncio.gather(*(_told(kept, *customer) for customer in customers))


def _day(version, customers, refuses=False):
    """One day of a shop: what all customers were told, and how often the market was asked."""
    market = _Market(refuses)

    async def day():
        return await _all_told(version(market.ask, seconds=GOOD_FOR), customers)

    seen = record(day)
    return {"told": seen.result, "asked": market.asked, "seen": seen}


RUSH, REFUSED, LEFT, OLD = "twenty at once", "refused at first", "the first leaves", "another day"


@task("e14.2", title="Mend what the reviewer has found", points=3)
def mended(answer: Answer) -> dict[str, Any]:
    version = answer.function("Kept")
    return {
        RUSH: _day(version, [(0.0,)] * CROWD),
        REFUSED: _day(version, [(0.0,), (LATER,)], refuses=True),
        LEFT: _day(version, [(0.0, LEAVES), (0.01,), (0.02,)]),
        OLD: _day(version, [(0.0,), (LATER,), (GOOD_FOR + LATER,)]),
    }


def _recording(day: dict[str, Any]) -> Recording:
    seen = day["seen"]
    assert isinstance(seen, Recording)
    return seen


def _got(day: dict[str, Any]) -> list[object]:
    return [what for what, _ in day["told"] or ()]


@mended.expect(to_try="Who asks, and who waits for what comes?")
def one_asks_for_all(seen: dict[str, Any], answer: Answer) -> None:
    _raise_what_ended(seen[RUSH])
    assert seen[RUSH]["told"] == [(PRICE, ASKING)] * CROWD, (
        f"Of twenty at once, the first was told {seen[RUSH]['told'][0]}."
    )
    assert seen[RUSH]["asked"] == 1, f"For twenty at once the market was asked {seen[RUSH]['asked']} times."


@mended.expect(to_try="When is an answer too old?")
def it_is_kept_and_renewed(seen: dict[str, Any], answer: Answer) -> None:
    _raise_what_ended(seen[OLD])
    assert _got(seen[OLD]) == [PRICE] * 3, f"On another day the customers were told {_got(seen[OLD])}."
    assert seen[OLD]["asked"] == 2, (
        f"For three customers, the last on another day, it asked {seen[OLD]['asked']} times."
    )


@mended.expect(to_try="What is left in the object when the question has failed?")
def an_error_is_told_and_not_kept(seen: dict[str, Any], answer: Answer) -> None:
    _raise_what_ended(seen[REFUSED])
    assert _got(seen[REFUSED]) == ["ConnectionError", PRICE], (
        f"The market refused once; told was {_got(seen[REFUSED])}."
    )


@mended.expect(to_try="Whose is the question when the one who asked it has gone?")
def whoever_leaves_goes_alone(seen: dict[str, Any], answer: Answer) -> None:
    _raise_what_ended(seen[LEFT])
    assert _got(seen[LEFT]) == ["left", PRICE, PRICE], (
        f"The first left, and the others were told {_got(seen[LEFT])[1:]}."
    )
    assert seen[LEFT]["asked"] <= 2, f"For three customers it asked {seen[LEFT]['asked']} times."


def _raise_what_ended(day: dict[str, Any]) -> None:
    ended = _recording(day)
    assert ended.failure is None, f"The customers were told nothing:\n{ended.failure}"
    assert not ended.stuck, ended.stuck


@mended.diagnose
def not_awaited(seen: dict[str, Any], answer: Answer) -> Finding | None:
    for detector in known("M3"):
        if finding := detector(_recording(seen[RUSH]), answer):
            return finding
    return None


@mended.diagnose
def the_stampede_is_back(seen: dict[str, Any], answer: Answer) -> Finding | None:
    if seen[RUSH]["asked"] < CROWD:
        return None
    last = max((at for _, at in seen[RUSH]["told"] or ()), default=0.0)
    return Finding(
        f"Twenty came at once, and it asked {seen[RUSH]['asked']} times; the last was answered after {last:.4g} s.",
        "Between the look at what is kept and the question, who else can come?",
    )


@mended.diagnose
def the_error_is_swallowed(seen: dict[str, Any], answer: Answer) -> Finding | None:
    first = next(iter(_got(seen[REFUSED])), "ConnectionError")
    if first == "ConnectionError":
        return None
    return Finding(
        f"The market refused, and the customer was told {first!r}, as if that were a price.",
        "Whoever asked has to hear that there is no answer. Where does the exception go in your code?",
    )


@mended.diagnose
def the_error_is_kept(seen: dict[str, Any], answer: Answer) -> Finding | None:
    if _got(seen[REFUSED]) != ["ConnectionError", "ConnectionError"]:
        return None
    return Finding(
        "The market refused once. A second later it would have answered, and whoever came was told the old error.",
        "What does `get` find when it comes back after an error, and which line should have taken that away?",
        points=1 if _got(seen[LEFT]) == ["left", PRICE, PRICE] else 0,
    )


@mended.diagnose
def others_are_taken_along(seen: dict[str, Any], answer: Answer) -> Finding | None:
    if "CancelledError" not in _got(seen[LEFT]):
        return None
    return Finding(
        "The customer who came first left. The two others, who waited for the same answer, were cancelled with them.",
        "What is cancelled when somebody who awaits a task is cancelled? What could stand between the two?",
        points=1 if _got(seen[REFUSED]) == ["ConnectionError", PRICE] else 0,
    )


@mended.diagnose
def it_is_never_renewed(seen: dict[str, Any], answer: Answer) -> Finding | None:
    if seen[OLD]["asked"] != 1 or len(_got(seen[OLD])) != 3:
        return None
    return Finding(
        "On another day the market was not asked again: the customer was told yesterday's price.",
        "Which line says how long an answer is good, and is it reached?",
    )


# --- e14.3: a translation with places ------------------------------------------------------------------------------

PAIRS = {
    "same": ("Beef costs {dollars} dollars.", "La carne cuesta {dollars} dólares."),
    "other order": ("{customer} pays {dollars} dollars.", "Son {dollars} dólares para {customer}."),
    "another name": ("Beef costs {dollars} dollars.", "La carne cuesta {dólares} dólares."),
    "one is missing": ("{customer} pays {dollars} dollars.", "Son {dollars} dólares."),
    "one too many": ("Beef costs {dollars} dollars.", "{item} cuesta {dollars} dólares."),
    "braces": ("Write {{ and }} around {name}.", "Escribe llaves alrededor de {name}."),
    "another format": ("Beef costs {dollars:.2f} dollars.", "La carne cuesta {dollars} dólares."),
    "not closed": ("Beef costs {dollars} dollars.", "La carne cuesta {dollars dólares."),
}
FITS = {"same", "other order", "braces", "another format"}


@task("e14.3", title="Find translations that would break", points=2)
def places(answer: Answer) -> dict[str, str]:
    same_places = answer.function("same_places")
    return {name: _said(same_places, *pair) for name, pair in PAIRS.items()}


def _said(function: Any, message: str, translated: str) -> str:
    try:
        said = function(message, translated)
    except Exception as error:
        return type(error).__name__
    return repr(bool(said))


@places.expect(to_try="Which places does each of the two sentences have?")
def each_pair_is_judged(seen: dict[str, str], answer: Answer) -> None:
    for name, said in seen.items():
        message, translated = PAIRS[name]
        assert said == repr(name in FITS), f"same_places({message!r}, {translated!r}) said {said}."


def _not_so(name: str) -> str:
    message, translated = PAIRS[name]
    return f"{message!r}\n{translated!r}"


def _about(function_name: str, pairs: tuple[str, ...], seen_there: str, to_try: str) -> None:
    def diagnose(seen: dict[str, str], answer: Answer) -> Finding | None:
        for name in pairs:
            if seen[name] != repr(name in FITS):
                right = sum(said == repr(one in FITS) for one, said in seen.items())
                return Finding(f"{seen_there}\n{_not_so(name)}", to_try, points=1 if right >= len(seen) - 2 else 0)
        return None

    diagnose.__name__ = function_name
    places.diagnose(diagnose)


@places.diagnose
def it_says_nothing_of_a_broken_one(seen: dict[str, str], answer: Answer) -> Finding | None:
    others = {name: said for name, said in seen.items() if said != repr(name in FITS)}
    if others.keys() != {"not closed"}:
        return None
    return Finding(
        f"On a brace that is not closed it ended with {seen['not closed']}:\n{_not_so('not closed')}",
        "Would `format` take this sentence? Then what does `same_places` have to say of it?",
        points=1,
    )


_about(
    "only_the_number_counts",
    ("another name",),
    "These have equally many places. `format` would look for a name that nobody gives it:",
    "What does a reader get when the name in the braces is another one?",
)
_about(
    "the_order_counts",
    ("other order",),
    "These have the same places. That they stand in another order is what translating is about:",
    "In which order do two sets stand?",
)
_about(
    "only_one_direction",
    ("one is missing", "one too many"),
    "One of these has a place that the other has not:",
    "Ask in both directions: what is missing, and what is too much?",
)
_about(
    "a_brace_is_no_place",
    ("braces",),
    "A doubled brace is printed as a brace, and is no place:",
    "Who knows already how `format` reads a sentence? Look at `string.Formatter().parse`.",
)
_about(
    "a_format_is_no_name",
    ("another format",),
    "The place is the same; only how its number is written is another matter:",
    "Where does the name of a place end?",
)

# --- e14.4: seven tests from a machine -----------------------------------------------------------------------------

WORTH_IT, NEVER_RED, NEVER_GREEN = "worth it", "never red", "never green"


class _Tests:
    """The seven tests, as the exercise's notebook shows them."""

    def __init__(self, version):
        self.version, self.asked = version, []

    async def ask(self):
        self.asked.append("beef")
        await anyio.sleep(0.1)
        return 9

    async def ask_at_once(self):
        self.asked.append("beef")
        return 9

    async def ask_with_a_turn(self):
        self.asked.append("beef")
        await anyio.sleep(0)
        return 9

    async def a(self):
        beef = self.version(self.ask, seconds=10)
        await beef.get()
        await beef.get()
        assert len(self.asked) == 1

    async def b(self):
        beef = self.version(self.ask_at_once, seconds=10)
        await asyncio.gather(*(beef.get() for _ in range(20)))
        assert len(self.asked) == 1

    async def c(self):
        beef = self.version(self.ask_with_a_turn, seconds=10)
        await asyncio.gather(*(beef.get() for _ in range(20)))
        assert len(self.asked) == 1

    async def d(self):
        beef = self.version(self.ask, seconds=10)
        assert await asyncio.gather(*(beef.get() for _ in range(20))) == [9] * 20

    async def e(self):
        beef = self.version(self.ask, seconds=10)

        async def customer(number):
            await anyio.sleep(0.2 * number)
            await beef.get()

        await asyncio.gather(*(customer(number) for number in range(20)))
        assert len(self.asked) == 1

    async def f(self):
        beef = self.version(self.ask, seconds=10)
        begin = anyio.current_time()
        await asyncio.gather(*(beef.get() for _ in range(20)))
        assert anyio.current_time() == begin

    async def g(self):
        beef = self.version(lambda: ask_market("beef"), seconds=10)
        begin = anyio.current_time()
        await asyncio.gather(*(beef.get() for _ in range(20)))
        assert anyio.current_time() - begin < 0.2


def _is_green(version: Any, name: str) -> bool:
    try:
        virtual(getattr(_Tests(version), name.lower()))
    except AssertionError:
        return False
    return True


def _worth() -> dict[str, str]:
    worth = {(False, True): WORTH_IT, (True, True): NEVER_RED, (False, False): NEVER_GREEN}
    return {name: worth[_is_green(_Stampede, name), _is_green(_Locked, name)] for name in "ABCDEFG"}


@task("e14.4", title="Say which tests are worth a reviewer's time", points=2)
def worth(answer: Answer) -> Said:
    return guesses_in(answer, "worth")


verdicts = Guesses(
    worth,
    _worth,
    options=(WORTH_IT, NEVER_RED, NEVER_GREEN),
    to_try="Run the test on both versions, in virtual time: which colors does it have?",
)
verdicts.believes(
    "A",
    (WORTH_IT, NEVER_GREEN),
    "who-comes-alone-meets-nobody",
    "A comes twice, the second time when the first is over. On both versions it asked once.",
    "Who waits while the second comes?",
)
verdicts.believes(
    "B",
    (WORTH_IT, NEVER_GREEN),
    "no-pause-no-turn",
    "In B, twenty are begun at once, and `ask` has no pause. On both versions it was asked once.",
    "Where could the second have a turn, before the first has stored its answer?",
)
verdicts.believes(
    "C",
    (NEVER_RED, NEVER_GREEN),
    "a-short-pause-is-a-pause",
    "C was red on the version before the mend, and green on the mend.",
    "How long must a pause be, so that others have a turn?",
)
verdicts.believes(
    "D",
    (WORTH_IT, NEVER_GREEN),
    "right-prices-are-not-enough",
    "D looks at twenty prices, and they were right on both versions.",
    "What was wrong with the version before: what it said, or what it did for it?",
)
verdicts.believes(
    "E",
    (WORTH_IT, NEVER_GREEN),
    "many-who-do-not-meet",
    "In E, twenty come, and on both versions the market was asked once.",
    "When does the second come, and how long does the first wait?",
)
verdicts.believes(
    "F",
    (WORTH_IT, NEVER_RED),
    "nobody-can-do-that",
    "F was red on both versions.",
    "How long does the market take, if it is asked only once?",
)
verdicts.believes(
    "G",
    (NEVER_RED, NEVER_GREEN),
    "time-shows-it-too",
    "G was red on the version before the mend, and green on the mend.",
    "How many rounds does the market need for twenty questions, and for one?",
)
