"""How much memory something takes, measured in a process of its own: in a shared one, what ran before counts, too."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import cloudpickle

CALL = "import pickle, sys; sys.stdout.buffer.write(pickle.dumps(pickle.load(sys.stdin.buffer)()))"


def traced_peak(act: Callable[..., Any], folder: Any, *arguments: Any, size: int) -> tuple[Any, int]:
    """Call ``act(folder / SIZE, size, *arguments)`` in a new process: its result, and the most bytes it held at a time.

    It is called with a size of 1 first, so that what is loaded and remembered once does not count.
    """
    for function in (act, _measure):
        cloudpickle.register_pickle_by_value(sys.modules[function.__module__])  # the new process does not find tests
    call = cloudpickle.dumps(partial(_measure, act, folder, arguments, size))
    done = subprocess.run([sys.executable, "-c", CALL], input=call, stdout=subprocess.PIPE, check=True)
    result, peak = pickle.loads(done.stdout)
    return result, peak


def _measure(act: Callable[..., Any], folder: Any, arguments: tuple[Any, ...], size: int) -> tuple[Any, int]:
    act(folder / f"before {size}", 1, *arguments)
    tracemalloc.start()
    result = act(folder / str(size), size, *arguments)
    return result, tracemalloc.get_traced_memory()[1]
