"""A run comes back from its file as it was; files of this format stay readable."""

from __future__ import annotations

import csv
import io
import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.lab import LabError, LoadError, LoadGenerator, Run, Sample
from fwlab.lab.runs.prediction import Prediction

# A file as the first version wrote it; it must load in every later one.
FORMAT_1 = """{"fwlab_run": 1, "name": "GET /burgers", "users": 2, "duration": 0.5, "rate": null, "unsent": 0,
"interrupted": false, "generator": {"engine": "raw", "where": "process", "cpu": 0.01}, "samples": {
"intended": [0.0, 0.1, 0.2], "sent": [0.0, 0.1, 0.25], "first_byte": [0.05, 0.15, null], "done": [0.06, 0.16, null],
"status": [200, 503, null], "error": [null, "HTTP 503", "timeout"], "user": [0, 1, 0], "warmup": [true, false, false],
"name": ["GET /burgers", "GET /burgers", "GET /burgers"]}}"""

seconds = st.floats(0, 1e6)
samples = st.builds(
    Sample,
    seconds,
    seconds,
    st.none() | seconds,
    st.none() | seconds,
    st.none() | st.integers(100, 599),
    st.none() | st.text(),
    st.integers(0, 10_000),
    st.just(False),
    st.text(),
)
runs = st.builds(
    Run,
    st.text(),
    st.integers(1, 10_000),
    seconds,
    st.lists(samples, max_size=5).map(tuple),
    rate=st.none() | seconds,
    unsent=st.integers(0, 100),
    interrupted=st.booleans(),
    generator=st.none() | st.builds(LoadGenerator, st.text(), st.text(), st.none() | seconds),
    predictions=st.lists(st.builds(Prediction, *[st.text()] * 5), max_size=2).map(tuple),
)


@given(runs)
def test_json_gives_the_same_run_back(run):
    assert Run.from_json(run.to_json()) == run


@given(runs)
def test_csv_has_a_line_for_each_sample(run):
    rows = list(csv.DictReader(io.StringIO(run.to_csv(), newline="")))
    assert len(rows) == len(run.samples)
    assert [float(row["done"]) if row["done"] else None for row in rows] == [sample.done for sample in run.samples]


def test_warm_up_requests_are_kept_apart():
    run = Run.from_json(FORMAT_1)
    assert (len(run.warmup_samples), len(run.samples)) == (1, 2)
    assert run.errors == {"HTTP 503": 1, "timeout": 1}
    assert run.generator == LoadGenerator("raw", "process", 0.01)
    assert Run.from_json(run.to_json()) == run


def test_a_file(tmp_path):
    run = Run.from_json(FORMAT_1)
    path = tmp_path / "run.json"
    run.to_json(path)
    assert Run.from_json(path) == Run.from_json(str(path)) == run
    run.to_csv(tmp_path / "run.csv")
    assert (tmp_path / "run.csv").read_bytes() == run.to_csv().encode()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["run.csv", "run.json"]
    assert path.stat().st_mode & stat.S_IRUSR


def test_a_file_that_cannot_be_written_leaves_nothing_and_is_named(tmp_path):
    with pytest.raises(LabError, match=r"no-such-folder.*cannot be written"):
        Run.from_json(FORMAT_1).to_json(tmp_path / "no-such-folder" / "run.json")
    assert list(tmp_path.iterdir()) == []


def test_what_a_later_version_adds_is_left_out():
    document = json.loads(FORMAT_1)
    document["colour"] = "green"
    document["generator"]["heat"] = 3
    document["samples"]["weight"] = [1, 2, 3]
    assert Run.from_json(json.dumps(document)) == Run.from_json(FORMAT_1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no run"),
        ("{}", "is no run"),
        ('{"fwlab_run": 1}', "is no run"),
        ('{"fwlab_run": "one", "samples": {}}', "is no run"),
        ('{"fwlab_run": 1, "samples": []}', "is no run"),
        ('{"fwlab_run": 1, "samples": {"sent": [1], "done": []}}', "is no run"),
        ('{"fwlab_run": 1, "samples": {"sent": [1]}}', "is no run"),
        ('{"fwlab_run": 1, "samples": {}}', "is no run"),
        ('{"fwlab_run": 2, "samples": {}}', "format 2, and this fwlab reads up to 1; update fwlab"),
    ],
)
def test_what_is_no_run_is_refused_in_a_sentence(text, message, tmp_path):
    with pytest.raises(LoadError, match=message):
        Run.from_json(text)
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(LoadError, match=r"wrong\.json"):
        Run.from_json(path)


def test_a_file_that_is_not_there():
    with pytest.raises(LoadError, match=r"nowhere\.json.*cannot be read"):
        Run.from_json("nowhere.json")
