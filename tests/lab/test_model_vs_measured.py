"""The model and the machine, side by side: the model exact, the machine at least as slow."""

from __future__ import annotations

import anyio
import pytest

from fwlab import App
from fwlab.lab import LoadError, Run, Sample, model_vs_measured, serve
from fwlab.lab.runs.model_vs_measured import ModelVsMeasured

pytestmark = pytest.mark.anyio

app = App()


@app.get("/io")
async def io():
    await anyio.sleep(0.02)


async def test_both_are_the_same_load_and_the_model_is_exact():
    both = await model_vs_measured(app, "/io", users=2, requests=40)
    assert set(both.model.response_times) == {0.02}
    assert len(both.measured.response_times) == 40
    assert min(both.measured.response_times) >= 0.0199
    assert "model 20.0 ms" in str(both)
    assert "GET /io" in both._repr_html_()


async def test_of_a_server_too():
    async with serve(app, name="model") as server:
        both = await model_vs_measured(server, "/io", users=2, requests=20)
    assert both.model.percentile(50) == 0.02


async def test_both_are_drawn():
    both = await model_vs_measured(app, "/io", users=1, requests=20)
    (axes,) = both.plot().figure.axes
    assert {"measured", "model"} <= {line.get_label() for line in axes.lines}


def test_how_far_they_are_apart_is_told_in_percent():
    def run_of(seconds):
        return Run("GET /", 1, 1.0, (Sample(0.0, 0.0, 0.0, seconds, 200, None, 0, False),) * 20)

    assert str(ModelVsMeasured(run_of(0.1), run_of(0.12))).splitlines() == [
        "GET /: your machine, and the model",
        "  p50  measured 120.0 ms, model 100.0 ms (+20 %)",
    ]
    assert "leaves all of it out" in str(ModelVsMeasured(run_of(0.0), run_of(0.12)))
    assert "too few" in str(ModelVsMeasured(Run("GET /", 1, 1.0, ()), Run("GET /", 1, 1.0, ())))


@pytest.mark.parametrize("wrong", ["http://127.0.0.1:1", 3])
async def test_what_cannot_be_called_here_has_no_model(wrong):
    with pytest.raises(LoadError, match="can be called here"):
        await model_vs_measured(wrong, "/io")
