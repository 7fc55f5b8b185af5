"""Figures of runs: what they show can be found in the drawing, and what they say in the text alternative."""

from __future__ import annotations

import pytest

from fwlab.lab import LabError, Run, Sample, plot_runs


def sample(number, milliseconds, *, error=None, warmup=False):
    done = None if milliseconds is None else number / 100 + milliseconds / 1000
    return Sample(number / 100, number / 100, done, done, 200, error, 0, warmup)


def run_of(*milliseconds, failed=(), warmup=()):
    samples = [sample(10 + number, time) for number, time in enumerate(milliseconds)]
    samples += [sample(10 + number, time, error="HTTP 500") for number, time in enumerate(failed)]
    return Run("GET /burgers", 5, 1.0, tuple(samples), tuple(sample(0, time, warmup=True) for time in warmup))


def dots(axes):
    """The positions of each group of dots, rounded: what a reader of the figure sees."""
    return [[(round(float(x), 6), round(float(y), 6)) for x, y in group.get_offsets()] for group in axes.collections]


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_requests_over_time_are_dots_at_when_they_were_sent_and_how_long_they_took():
    figure = run_of(50, 60, failed=[70, None], warmup=[90]).plot()
    (axes,) = figure.figure.axes
    assert dots(axes) == [[(0.0, 90.0)], [(0.1, 50.0), (0.11, 60.0)], [(0.1, 70.0), (0.11, 0.0)]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["warm-up (1)", "succeeded (2)", "failed (2)"]
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylim()[1] > 90


def test_the_warm_up_is_shaded_and_nothing_that_was_counted():
    (axes,) = run_of(50, 60, warmup=[90]).plot().figure.axes
    (shade,) = axes.patches
    start, end = shade.get_x(), shade.get_x() + shade.get_width()
    assert start < 0.0 < end < 0.1
    (axes,) = run_of(50, 60).plot().figure.axes
    assert len(axes.patches) == 0


def test_failures_and_successes_differ_in_shape_not_only_in_color():
    (axes,) = run_of(50, failed=[60]).plot().figure.axes
    succeeded, failed = (group.get_paths()[0].vertices.tolist() for group in axes.collections)
    assert succeeded != failed


def test_the_text_alternative_of_a_run_has_its_numbers():
    text = run_of(*range(1, 31), failed=[5, None], warmup=[9]).plot().alt
    assert text == (
        "Requests over time. GET /burgers with 5 users: 30 answers, the median 15.0 ms, the fastest 1.0 ms, "
        "the slowest 30.0 ms; 2 failed. 1 warm-up request came before."
    )


@pytest.mark.parametrize("run", [run_of(50), run_of(failed=[None, None]), run_of(0.0)])
def test_runs_with_hardly_anything_in_them_can_be_drawn(run):
    assert run.plot()._repr_mimebundle_()
    assert plot_runs({"only": run})._repr_mimebundle_()


def test_each_run_is_a_row_with_its_median():
    figure = plot_runs({"fast": run_of(*range(1, 31)), "slow": run_of(*range(101, 131))}, title="Two")
    (axes,) = figure.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["fast", "slow"]
    assert [sorted(x for x, _ in row) for row in dots(axes)] == [list(range(1, 31)), list(range(101, 131))]
    assert words(axes) == ["15.0 ms", "115.0 ms"]
    assert [float(line.get_xdata()[0]) for line in axes.lines] == pytest.approx([15, 115])
    assert axes.yaxis_inverted(), "the first label is at the top"
    for row, positions in enumerate(dots(axes)):
        assert all(abs(y - row) < 0.3 for _, y in positions), "no dot strays into another row"
    assert figure.figure.get_suptitle() == "Two"


def test_a_median_that_the_sample_does_not_support_is_not_written():
    figure = plot_runs({"few": run_of(50, 60), "none": run_of(failed=[1])})
    (axes,) = figure.figure.axes
    assert words(axes) == ["", "1 failed"]
    assert len(axes.lines) == 0
    assert figure.caption == "Each dot is a request. A median needs 20 of them, and is not drawn."
    some = plot_runs({"few": run_of(50, 60), "enough": run_of(*[50] * 20)})
    assert words(some.figure.axes[0]) == ["", "50.0 ms"]
    assert some.caption == "Each dot is a request. The black line is the median, which needs 20 of them."


def test_failures_are_written_beside_the_median():
    (axes,) = plot_runs({"some": run_of(*[50] * 20, failed=[1, 2])}).figure.axes
    assert words(axes) == ["50.0 ms, 2 failed"]


def test_panels_share_their_labels_and_one_scale():
    figure = plot_runs({"waiting": {"a": run_of(50), "b": run_of(60)}, "computing": {"a": run_of(500), "b": run_of(9)}})
    left, right = figure.figure.axes
    assert (left.get_title("left"), right.get_title("left")) == ("waiting", "computing")
    assert left.get_xlim() == right.get_xlim()
    assert left.get_xlim()[1] > 500
    figure._repr_mimebundle_()
    assert [label.get_text() for label in left.get_yticklabels() if label.get_visible()] == ["a", "b"]
    assert not any(tick.label1.get_visible() for tick in right.yaxis.get_major_ticks())


def test_rows_differ_in_shape_not_only_in_color():
    (axes,) = plot_runs({label: run_of(50) for label in "abcdef"}).figure.axes
    shapes = {str(group.get_paths()[0].vertices.tolist()) for group in axes.collections}
    assert len(shapes) == 6


def test_the_text_alternative_names_panel_label_and_numbers():
    figure = plot_runs({"waiting": {"async def": run_of(50, 60), "def": run_of(failed=[1])}}, title="The same 50 ms")
    assert figure.alt.splitlines() == [
        "The same 50 ms. Response times, a dot for each request.",
        "waiting, async def: 2 answers, the fastest 50.0 ms, the slowest 60.0 ms.",
        "waiting, def: none of 1 request succeeded.",
    ]


def test_dollar_signs_are_not_taken_for_mathematics():
    assert plot_runs({"$x^{$": run_of(50)}, title="from $5 to $9")._repr_mimebundle_()


def test_the_same_runs_give_the_same_bytes(tmp_path):
    def draw(name):
        return plot_runs({"a": run_of(*range(50))}).save(tmp_path / name).read_bytes()

    assert draw("one.svg") == draw("two.svg")


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ({}, "at least one run"),
        (None, "at least one run"),
        (run_of(50), "at least one run"),
        ({"a": 50}, "draws what load"),
        ({"a": {}}, "draws what load"),
        ({"a": run_of(50), "b": {"c": run_of(50)}}, "draws what load"),
        ({"a": {"x": run_of(50)}, "b": {"y": run_of(50)}}, "share their labels"),
    ],
)
def test_what_cannot_be_drawn_is_named(runs, words):
    with pytest.raises(LabError, match=words):
        plot_runs(runs)
