"""The figure of a comparison: a row a pair, and one for what may be said of them all."""

from __future__ import annotations

import pytest

from fwlab.lab import Comparison, LabError, Run, Sample


def run_of(milliseconds):
    seconds = milliseconds / 1000
    return Run("GET /", 1, 20 * seconds, (Sample(0.0, 0.0, 0.0, seconds, 200, None, 0, False),) * 20)


def comparison(*pairs, by="p50"):
    return Comparison("old", "new", tuple((run_of(a), run_of(b)) for a, b in pairs), by)


def test_each_pair_is_a_dot_at_its_ratio_and_the_interval_a_bar_below():
    ab = comparison((10, 12), (20, 25), (40, 48))
    (axes,) = ab.plot().figure.axes
    (dots,) = axes.collections
    assert dots.get_offsets().tolist() == [pytest.approx(point) for point in ([1.2, 0], [1.25, 1], [1.2, 2])]
    bar = next(line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_ydata()[0] > 2)
    assert list(bar.get_xdata()) == pytest.approx([ab.interval.low, ab.interval.high])
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [
        "pair 1: 10.0 ms, 12.0 ms",
        "pair 2: 20.0 ms, 25.0 ms",
        "pair 3: 40.0 ms, 48.0 ms",
        "all, 98 % interval",
    ]
    assert axes.get_title(loc="left") == "new is slower than old"
    left, right = axes.get_xlim()
    assert left < 1 < ab.interval.high < right, "the line at 1 is always in sight"


def test_the_sides_are_named_by_what_is_compared():
    def sides(by):
        return [text.get_text() for text in comparison((10, 12), (20, 25), (40, 48), by=by).plot().figure.axes[0].texts]

    assert sides("p50") == ["← faster", "slower →"]
    assert sides("rps") == ["← slower", "faster →"]


def test_what_cannot_be_told_is_in_the_title_and_in_the_text_alternative():
    figure = comparison((10, 12), (20, 15), (40, 48)).plot()
    assert figure.figure.axes[0].get_title(loc="left") == "new and old cannot be told apart"
    assert "Cannot tell whether new is faster or slower than old." in figure.alt
    assert "The ratios: 1.20, 0.75, 1.20." in figure.alt


def test_too_few_pairs_are_not_drawn():
    with pytest.raises(LabError, match="nothing to draw"):
        comparison((10, 12), (20, 25)).plot()


def test_ratios_far_apart_can_be_drawn():
    assert comparison((1, 1000), (1, 800), (2, 1500)).plot()._repr_mimebundle_()
    assert comparison((1000, 1), (800, 1), (1500, 2)).plot()._repr_mimebundle_()
