"""What came back for one request of an experiment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fwlab.grading.failure import Failure


@dataclass(frozen=True)
class Reply:
    """What came back for one request."""

    path: str
    status: int | None
    """The HTTP status, or ``None`` where the app ended without an answer."""
    body: bytes
    failure: Failure | None
    """What the app raised, if it did."""

    def json(self) -> Any:
        """Return the body as JSON; ``None`` where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None
