"""Figures of how response times are distributed: what they show can be found in the drawing, and in the text."""

from __future__ import annotations

import pytest

from fwlab.lab import LabError, LoadError, Run, Sample, plot_distribution, plot_tail
from fwlab.lab.figures.figure import new_figure


def run_of(*milliseconds, waited=0.0, **more):
    sent = waited / 1000
    samples = (Sample(0.0, sent, sent, sent + time / 1000, 200, None, 0, False) for time in milliseconds)
    return Run("GET /burgers", 5, 1.0, tuple(samples), **more)


def lines(figure):
    return {line.get_label(): line for line in figure.figure.axes[0].lines}


def test_a_distribution_climbs_by_one_request_at_each_response_time():
    line = lines(plot_distribution({"a": run_of(10, 20, 20, 40)}))["a"]
    points = list(zip(line.get_xdata(), line.get_ydata(), strict=True))
    climb = [(10, 0), (10, 25), (20, 50), (20, 75), (40, 100)]
    assert points[:5] == [pytest.approx(point) for point in climb]
    assert points[-1][1] == 100, "it goes on level to the edge"


def test_of_one_run_it_shows_response_and_service_times():
    drawn = lines(run_of(10, 20, waited=30, rate=5.0).plot("distribution"))
    assert list(drawn["response time"].get_xdata())[:3] == pytest.approx([40, 40, 50])
    assert list(drawn["service time"].get_xdata())[:3] == pytest.approx([10, 10, 20])
    assert drawn["response time"].get_linestyle() != drawn["service time"].get_linestyle()


def test_the_tail_is_drawn_against_how_rare_a_response_time_is():
    figure = plot_tail({"a": run_of(*range(1, 101))})
    line = lines(figure)["a"]
    assert line.get_xdata()[50] == pytest.approx(2), "half of the requests are slower than p50"
    assert line.get_ydata()[50] == pytest.approx(51)
    assert len(line.get_xdata()) == 90, "ten lie beyond the last percentile that 100 support"
    ticks = [label.get_text() for label in figure.figure.axes[0].get_xticklabels()]
    assert ticks == ["0", "p50", "p90", "p99"]


def test_their_text_alternatives_have_the_numbers():
    run = run_of(*range(1, 31))
    assert "30 answers, the median 15.0 ms" in plot_distribution(run).alt
    assert "p50 15.0 ms, the slowest 30.0 ms" in plot_tail(run).alt
    assert "2 answers, too few for a percentile, the slowest 6.0 ms" in plot_tail({"few": run_of(5, 6)}).alt


@pytest.mark.parametrize("draw", [plot_distribution, plot_tail])
def test_runs_with_hardly_anything_in_them_can_be_drawn(draw):
    for run in (run_of(), run_of(5), run_of(0), run_of(*range(12))):
        assert draw(run)._repr_mimebundle_()
        assert draw({"a": run, "b": run_of(3, 4)})._repr_mimebundle_()


@pytest.mark.parametrize("draw", [plot_distribution, plot_tail])
def test_lines_differ_by_more_than_their_color(draw):
    drawn = lines(draw({name: run_of(*range(1, 31)) for name in "abc"}))
    assert len({drawn[name].get_linestyle() for name in "abc"}) == 3


@pytest.mark.parametrize("draw", [plot_distribution, plot_tail])
@pytest.mark.parametrize("wrong", [{}, None, 3, {"a": 3}, [run_of(1)]])
def test_what_is_no_run_is_refused(draw, wrong):
    with pytest.raises(LabError, match="What is drawn is a run"):
        draw(wrong)


@pytest.mark.parametrize("kind", ["requests", "distribution", "tail"])
def test_a_run_is_drawn_in_axes_that_are_given_and_their_figure_keeps_its_layout(kind):
    theirs = new_figure(4, 3)
    axes = theirs.add_subplot()
    layout = theirs.get_layout_engine()
    drawn = run_of(*range(1, 31)).plot(kind, ax=axes)
    assert drawn.figure is theirs
    assert theirs.get_layout_engine() is layout
    assert theirs.get_supxlabel() == "", "the caption is for figures of ours"
    assert drawn.caption
    assert axes.get_title(loc="left") == "GET /burgers with 5 users"


def test_a_figure_of_ours_has_its_caption_below():
    figure = run_of(*range(1, 31)).plot("tail")
    assert figure.figure.get_supxlabel().replace("\n", " ") == figure.caption


def test_another_kind_is_refused():
    with pytest.raises(LoadError, match="'requests', 'distribution' or 'tail'"):
        run_of(1).plot("pie")
