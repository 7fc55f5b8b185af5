"""A timeline told: in sentences, in a table, in figures, and in a file for Perfetto."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given, settings
from matplotlib.figure import Figure as MatplotlibFigure

from fwlab.lab import LabError, load, serve, trace, virtual
from fwlab.lab.timeline.states import WORDS

from .apps import app_of, fwlab_app, plans
from .test_facts import traced_load
from .test_one_thing_at_a_time import ask_all

MIXED = {"/loop": 1, "/wait": 1, "/thread": 1, "/process": 1}


@pytest.fixture(scope="module")
def mixed():
    return traced_load(fwlab_app(), MIXED, users=8, requests=8, seed=3)


def test_the_story_of_a_run():
    timeline = traced_load(fwlab_app(), lambda user, number: ("/thread", "/loop")[user], users=2, requests=2)
    line = timeline.blocked()[0].line
    assert timeline.narrate().splitlines() == [
        "   0.000 s  Request 1 (GET /thread) was sent.",
        "   0.000 s  Request 2 (GET /loop) was sent.",
        "   0.000 s  Request 1 (GET /thread) reached the app.",
        "   0.000 s  Request 2 (GET /loop) reached the app.",
        f"   0.000 s  Request 2 (GET /loop) held the loop for 0.200 s, at line {line} of loop: time.sleep(0.2); "
        "request 1 waited for it.",
        "   0.200 s  Request 2 (GET /loop) was answered with 200.",
        "   0.200 s  Request 1 (GET /thread) went on in a thread.",
        "   0.250 s  Request 1 (GET /thread) was done in the thread.",
        "   0.250 s  Request 1 (GET /thread) was answered with 200.",
        f"In all: 2 requests, at most 2 in flight; the loop was held 0.2 s by `loop` line {line}; "
        "1 request waited for it.",
    ]


def test_what_happens_to_many_is_told_once():
    timeline = traced_load(fwlab_app(), "/thread", users=41, requests=41)
    story = timeline.narrate()
    assert "Requests 1 to 41 (GET /thread) reached the app." in story
    assert "Request 41 (GET /thread) found no thread free, and waited for a token." in story
    assert "Request 41 (GET /thread) went on in a thread, after 0.050 s." in story
    assert len(story.splitlines()) < 12


def test_the_same_run_gives_the_same_story():
    def story():
        return traced_load(fwlab_app(), MIXED, users=8, requests=40, seed=7).narrate()

    assert story() == story()


def test_a_long_story_is_cut():
    timeline = traced_load(fwlab_app(), "/wait", users=1, requests=100)
    assert len(timeline.narrate().splitlines()) == 82
    assert "more" in timeline.narrate().splitlines()[-2]


@pytest.mark.parametrize("by", ["request", "lane"])
def test_a_figure_says_in_words_what_it_shows(mixed, by, tmp_path):
    figure = mixed.plot(by=by)
    assert figure.alt.startswith(f"Timeline, a row for each {by}. {str(mixed).splitlines()[0]}")
    assert "200.0 ms" in figure.alt
    assert figure.caption
    assert len(figure.alt.splitlines()) == 1 + len(figure.figure.axes[0].get_yticklabels())
    assert figure.save(tmp_path / "timeline.png").stat().st_size > 10_000
    assert figure.save(tmp_path / "a.svg").read_bytes() == mixed.plot(by=by).save(tmp_path / "b.svg").read_bytes()


def test_each_state_has_a_pattern_or_a_color_of_its_own():
    from fwlab.lab.timeline.plot import _LOOKS

    assert set(_LOOKS) == set(WORDS)
    assert len({(look.color, look.hatch) for look in _LOOKS.values()}) == len(WORDS)
    without_pattern = [kind for kind, look in _LOOKS.items() if not look.hatch]
    assert without_pattern == ["loop", "waiting"]  # dark, and light


def test_a_figure_goes_into_axes_that_are_given(mixed):
    axes = MatplotlibFigure().subplots()
    mixed.plot(ax=axes)
    assert [label.get_text() for label in axes.get_yticklabels()] == [f"{r.number}  {r.path}" for r in mixed.requests]


@pytest.mark.parametrize("by", ["request", "lane"])
def test_bars_that_look_alike_are_one_artist_however_many_there_are(by):
    bars = traced_load(fwlab_app(), "/wait", users=2, requests=40).plot(by=by).figure.axes[0].collections
    assert sum(len(alike.get_paths()) for alike in bars) >= 40
    assert len(bars) <= len(WORDS), "one for each state at most"


def test_there_is_nothing_to_draw_before_the_first_request():
    with trace(fwlab_app()) as timeline:
        pass
    with pytest.raises(LabError, match="no requests"):
        timeline.plot()
    with pytest.raises(LabError, match="'lane'"):
        timeline.plot(by="thread")
    assert timeline.narrate() == "In all: 0 requests, at most 0 in flight; the loop was never held for 50 ms."
    assert timeline.loop() == timeline.blocked() == timeline.order() == timeline.waited_for_token() == []


def test_of_many_requests_the_first_are_drawn():
    figure = traced_load(fwlab_app(), "/wait", users=60, requests=60).plot()
    assert "Only the first 50 are drawn, 10 more requests came." in figure.caption
    assert "Only the first 50" in figure.alt


def slices_of(path):
    document = json.loads(path.read_text())
    tracks = {}
    for event in document["traceEvents"]:
        assert {"ph", "name", "pid"} <= set(event)
        assert event["ph"] in "XMC"
        assert isinstance(event["pid"], int)
        assert isinstance(event["tid"], int)
        if event["ph"] == "M":
            kind = {"process_name": "name", "thread_name": "name", "thread_sort_index": "sort_index"}[event["name"]]
            assert set(event["args"]) == {kind}
        if event["ph"] == "C":
            assert all(isinstance(value, int) for value in event["args"].values())
        if event["ph"] == "X":
            assert event["dur"] >= 0
            tracks.setdefault((event["pid"], event["tid"]), []).append(event)
        if event["ph"] in "XC":
            assert isinstance(event["ts"], int | float)
    return document, tracks


def nest(track):
    """Check that of two slices of a track, one is over before the other begins, or holds it."""
    open_until = []
    for event in sorted(track, key=lambda event: (event["ts"], -event["dur"])):
        start, end = round(1000 * event["ts"]), round(1000 * (event["ts"] + event["dur"]))
        while open_until and open_until[-1] <= start:
            open_until.pop()
        assert not open_until or end <= open_until[-1], event
        open_until.append(end)


def test_a_file_for_perfetto(mixed, tmp_path):
    document, tracks = slices_of(mixed.to_perfetto(tmp_path / "trace.json"))
    assert document["displayTimeUnit"] == "ms"
    for track in tracks.values():
        nest(track)
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in document["traceEvents"] if e["name"] == "thread_name"}
    assert set(tracks) == set(names)
    places = {(e["pid"], e["tid"]): e["args"] for e in document["traceEvents"] if e["name"] == "thread_sort_index"}
    requests = [names[key] for key in sorted(names, key=lambda key: places[key]["sort_index"]) if "GET" in names[key]]
    assert [int(name.split()[0]) for name in requests] == [request.number for request in mixed.requests]
    assert all(process != track for process, track in tracks), "Perfetto would take it for a main thread"
    assert {"the loop", "thread 1", "process 1", "1 GET /process"} & set(names.values()) >= {"the loop", "thread 1"}
    [holds] = [track for key, track in tracks.items() if names[key] == "the loop"]
    assert next(event["args"]["line"] for event in holds if event["dur"] == 200_000.0).endswith("time.sleep(0.2)")
    counters = [event for event in document["traceEvents"] if event["ph"] == "C"]
    assert max(e["args"]["number"] for e in counters if e["name"] == "requests in flight") == mixed.max_in_flight()
    assert max(e["args"]["number"] for e in counters if e["name"] == "threads in use") == mixed.threads_used()


@given(plans)
@settings(deadline=None, max_examples=15)
def test_whatever_the_app_does_slices_nest(tmp_path_factory, plan):
    timeline = virtual(lambda: ask_all(app_of(plan), plan))
    _, tracks = slices_of(timeline.to_perfetto(tmp_path_factory.mktemp("trace") / "trace.json"))
    for track in tracks.values():
        nest(track)


def test_a_file_that_cannot_be_written_is_an_error_in_words(mixed, tmp_path):
    with pytest.raises(LabError, match="missing"):
        mixed.to_perfetto(tmp_path / "missing" / "trace.json")


@pytest.mark.anyio
async def test_a_table_of_a_running_request_prints():
    app = fwlab_app()
    with trace(app) as timeline:
        await load(app, "/wait", users=2, requests=2, warmup=0)
        assert str(timeline).splitlines()[0].startswith("2 requests")
    assert timeline._repr_html_().startswith("<pre>2 requests")


@pytest.mark.anyio
async def test_behind_a_proxy_a_request_has_the_path_that_the_app_knows():
    app = fwlab_app()
    headers = {"x-forwarded-prefix": "/user/ada/proxy/8000"}
    with trace(app) as timeline:
        async with serve(app) as server, httpx.AsyncClient(base_url=server.url, headers=headers) as client:
            await client.get("/wait")
    assert [request.path for request in timeline.requests] == ["/wait"]
