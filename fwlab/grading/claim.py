"""What a claim is, and how claims make others: all of these, any of these, not this one, and a diagnosis.

A claim is asked with a recording, and says what it saw instead where it does not hold. It stands where a function under
``.expect`` does: ``rush.expect("Which wait keeps the other from beginning?", overlaps("bake bun", "grill patty"))``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fwlab.grading.finding import Finding
from fwlab.grading.recording import Recording
from fwlab.lab.translation import gettext

Look = Callable[[Recording], str]
"""Says what was seen instead of what was claimed; ``""`` where the claim holds."""


@dataclass(frozen=True)
class Claim:
    """Something that holds of a recording, or does not.

    Attributes:
        name: of the function that made it.
        look: asked with a recording.
        otherwise: what to say where the claim holds and should not.
    """

    name: str
    look: Look
    otherwise: str

    @property
    def __name__(self) -> str:
        return self.name

    def holds(self, seen: Recording) -> bool:
        """Tell whether it holds."""
        return not self.look(seen)

    def __call__(self, seen: Recording, answer: object = None) -> None:
        """Assert it, as a function under ``.expect`` does."""
        said = self.look(seen)
        if said:
            raise AssertionError(said)


@dataclass(frozen=True)
class Telling(Claim):
    """A claim that has more to say where it holds.

    Attributes:
        said: what to say of a recording of which it holds.
    """

    said: Look


def all_of(*claims: Claim) -> Claim:
    """Claim all of these; the first that does not hold says what was seen.

    Example:
        >>> from fwlab.grading import no_leaked_tasks, takes
        >>> all_of(takes(1), no_leaked_tasks()).look(Recording(seconds=1, left_over=["clock"]))
        'At the end, 1 task was still running: clock.'
    """

    def look(seen: Recording) -> str:
        return next((said for claim in claims if (said := claim.look(seen))), "")

    return Claim(claims[0].name, look, " ".join(claim.otherwise for claim in claims))


def any_of(*claims: Claim) -> Claim:
    """Claim at least one of these; where none holds, the first says what was seen.

    Example:
        >>> from fwlab.grading import takes
        >>> any_of(takes(1), takes(2)).look(Recording(seconds=2))
        ''
        >>> any_of(takes(1), takes(2)).look(Recording(seconds=3))
        'It took 3 s; 1 s is enough.'
    """

    def look(seen: Recording) -> str:
        said = [claim.look(seen) for claim in claims]
        return said[0] if all(said) else ""

    return Claim(claims[0].name, look, claims[0].otherwise)


def not_(claim: Claim) -> Claim:
    """Claim the opposite.

    Example:
        >>> import asyncio
        >>> from fwlab.course.kitchen import bake_bun, grill_patty
        >>> from fwlab.grading import overlaps, record
        >>> async def lunch():
        ...     await asyncio.gather(bake_bun(), grill_patty())
        >>> not_(overlaps("bake bun", "grill patty")).look(record(lunch))
        '`bake bun` and `grill patty` went on at the same time.'
    """

    def look(seen: Recording) -> str:
        if not claim.holds(seen):
            return ""
        return claim.said(seen) if isinstance(claim, Telling) else claim.otherwise

    return Claim(f"not_{claim.name}", look, gettext("Not so: {claim}", claim=claim.otherwise))


def when(
    name: str, claim: Claim, to_try: str, *, seen: str = "", points: int = 0
) -> Callable[[Recording, object], Finding | None]:
    """Make a diagnosis of a claim: where it holds, the mistake is known.

    Args:
        name: of the mistake, with hyphens.
        claim: what tells it.
        to_try: what to try.
        seen: what to say that was seen. Default: what the claim's opposite says.
        points: what the answer is worth nevertheless.

    Example:
        >>> from fwlab.grading import takes
        >>> diagnosis = when("it-hurries", takes(at_most=0.1), "Let it take its time.", seen="It was over at once.")
        >>> diagnosis(Recording(), None).diagnosis
        'it-hurries'
    """

    def diagnose(recording: Recording, answer: object) -> Finding | None:
        if not claim.holds(recording):
            return None
        finding = Finding(seen or not_(claim).look(recording), to_try, points=points)
        finding.diagnosis = name
        return finding

    return diagnose
