"""burn(): work of a known size, in real time too."""

from __future__ import annotations

import time

import pytest

from fwlab.lab import LabError, burn


def test_in_real_time_it_takes_so_much_of_the_processor():
    before = time.thread_time()
    burn(0.02)
    assert time.thread_time() - before >= 0.02


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "0.1", None, True])
def test_what_is_no_time_is_refused(wrong):
    with pytest.raises(LabError, match="number of seconds from 0 on"):
        burn(wrong)
