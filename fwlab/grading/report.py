"""What ``fwlab check`` says about a notebook: its verdict, and which notebook it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fwlab.lab.translation import speaking

if TYPE_CHECKING:
    from pathlib import Path

    from fwlab.grading.verdict import Verdict


@dataclass(frozen=True)
class Report:
    """The verdict on a notebook that has been run in a process of its own."""

    notebook: Path
    verdict: Verdict
    language: str = ""
    """The notebook's, where it is a translation."""

    @property
    def right(self) -> bool:
        """Whether every task is right."""
        return self.verdict.right

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"notebook": str(self.notebook), **self.verdict.to_dict()}

    def __str__(self) -> str:
        with speaking(self.language):
            return f"{self.notebook}\n{self.verdict}"
