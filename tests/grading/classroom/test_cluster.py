"""The same work on a Dask cluster of this machine: one of two workers is killed in the middle, the JSON is the same."""

from __future__ import annotations

import os
import signal
import warnings

import pytest

from fwlab.grading.classroom.grade import grade
from fwlab.grading.errors import GradingError
from fwlab.grading.jail.limits import Limits

from .course import WRONG, notebook

dask = pytest.importorskip("dask", reason="needs dask.distributed: pip install 'fwlab[cluster]'")
distributed = pytest.importorskip("distributed", reason="needs dask.distributed: pip install 'fwlab[cluster]'")

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
LIMITS = Limits(seconds=5)


@pytest.fixture
def cluster(course, tmp_path):
    with warnings.catch_warnings(), dask.config.set({"temporary-directory": str(tmp_path)}):
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        ) as one:
            yield one


@pytest.fixture
def submissions(tmp_path):
    folder = tmp_path / "submissions"
    folder.mkdir()
    for number in range(12):
        answers = {number % 3 + 1: WRONG[number % 3 + 1]} if number % 2 else None
        (folder / f"learner-{number:02}.ipynb").write_bytes(notebook("e91", answers))
    return folder


def test_a_killed_worker_changes_nothing(cluster, submissions, tmp_path, monkeypatch):
    from fwlab.grading.classroom import grade as module

    keep, kept, killed = module.Results.keep, [], []

    def kill_one(self, graded, feedback):
        keep(self, graded, feedback)
        kept.append(graded.learner)
        if len(kept) == 3:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.process.pid)
            os.kill(killed[0], signal.SIGKILL)  # its own process, and no other

    grade(submissions, tmp_path / "here", jobs=1, limits=LIMITS)
    monkeypatch.setattr(module.Results, "keep", kill_one)
    done = grade(submissions, tmp_path / "there", limits=LIMITS, scheduler=cluster.scheduler_address)
    assert killed
    assert done.graded == 12
    assert (tmp_path / "there" / "results.json").read_bytes() == (tmp_path / "here" / "results.json").read_bytes()
    monkeypatch.setattr(module.Results, "keep", keep)
    again = grade(submissions, tmp_path / "there", limits=LIMITS, scheduler=cluster.scheduler_address)
    assert (again.graded, again.kept) == (0, 12)


def test_where_no_scheduler_answers_it_is_said(submissions, tmp_path, monkeypatch):
    from fwlab.grading.classroom import cluster as module

    monkeypatch.setattr(module, "_PATIENCE", 1)
    with pytest.raises(GradingError, match=r"No Dask scheduler answers at tcp://127.0.0.1:1"):
        grade(submissions, tmp_path / "out", limits=LIMITS, scheduler="tcp://127.0.0.1:1")
