"""What a learner's code may take of the machine."""

from __future__ import annotations

import resource
from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Limits on the process of one exercise. It may start threads, and no processes.

    Attributes:
        seconds: for its cells together, and for each task, as :func:`~fwlab.grading.check` has it.
        memory: bytes of address space.
        files: how many may be open.
        file_size: bytes of each file.
        folder: bytes of all files together, where the system can hold that.

    Example:
        >>> Limits(seconds=2).processor_time(tasks=3)
        13
    """

    seconds: float = 10.0
    memory: int = 2_000 * MEGABYTE
    files: int = 256
    file_size: int = 16 * MEGABYTE
    folder: int = 32 * MEGABYTE

    def processor_time(self, tasks: int) -> int:
        """Return the seconds of processor time for an exercise of so many tasks; the limit on wall time, too.

        A soft limit ends each cell and each task and says at which line it was; this one ends what does not listen.
        """
        return int(self.seconds * (1 + tasks)) + 5

    def impose(self, tasks: int) -> None:
        """Limit this process, and for good: the hard limits are the soft ones."""
        seconds = self.processor_time(tasks)
        for kind, most in (
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_AS, self.memory),
            (resource.RLIMIT_NOFILE, self.files),
            (resource.RLIMIT_FSIZE, self.file_size),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))
