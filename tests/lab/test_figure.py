"""A figure: an image with its text alternative, the same bytes each time, and no trace in the process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fwlab.lab import Figure, LabError
from fwlab.lab.figures.figure import new_figure, style


@pytest.fixture
def figure():
    with style():
        drawn = new_figure(4, 3)
        drawn.add_subplot().scatter([1, 2, 3], [1, 4, 9], label="squares")
    return Figure(drawn, "Three squares: 1, 4 and 9.")


def test_a_notebook_gets_an_image_with_its_text_alternative(figure):
    data, metadata = figure._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == "Three squares: 1, 4 and 9."
    assert metadata["image/png"] == {"alt": "Three squares: 1, 4 and 9.", "width": 400, "height": 300}


def test_elsewhere_it_is_its_text_alternative(figure):
    assert repr(figure) == figure.alt


@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_it_is_saved_by_suffix_in_the_same_bytes_each_time(figure, tmp_path, suffix, start):
    first = figure.save(tmp_path / f"a{suffix}").read_bytes()
    second = figure.save(str(tmp_path / f"b{suffix}")).read_bytes()
    assert first.startswith(start)
    assert first == second


def test_an_svg_of_the_same_data_has_the_same_bytes_in_another_process(figure, tmp_path):
    code = (
        "import sys; from fwlab.lab import Figure; from fwlab.lab.figures.figure import new_figure, style\n"
        "with style():\n"
        "    drawn = new_figure(4, 3); drawn.add_subplot().scatter([1, 2, 3], [1, 4, 9], label='squares')\n"
        "Figure(drawn, '').save(sys.argv[1]); print('matplotlib.pyplot' in sys.modules)"
    )
    there, here = tmp_path / "there.svg", figure.save(tmp_path / "here.svg")
    assert subprocess.check_output([sys.executable, "-c", code, str(there)], text=True) == "False\n", "without pyplot"
    assert there.read_bytes() == here.read_bytes()


@pytest.mark.parametrize("name", ["figure.bmp", "figure", "figure.SVG.exe"])
def test_another_suffix_is_named(figure, tmp_path, name):
    with pytest.raises(LabError, match=r"\.svg, \.png or \.pdf"):
        figure.save(tmp_path / name)


def test_drawing_changes_nothing_in_the_process():
    import matplotlib

    def settings():  # without the backend, for to ask for it is to choose one
        return {name: matplotlib.rcParams[name] for name in matplotlib.rcParams if name != "backend"}

    before = settings()
    with style():
        Figure(new_figure(2, 2), "")._repr_mimebundle_()
    assert settings() == before


def test_the_laboratory_loads_matplotlib_only_when_it_draws():
    code = "import sys, fwlab.lab; print([name for name in ('matplotlib', 'IPython', 'numpy') if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
