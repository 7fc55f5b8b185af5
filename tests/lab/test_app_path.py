"""An application by its path, as a terminal gives it: found, or told what is there instead."""

from __future__ import annotations

import contextlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.lab import ServeError, serve
from fwlab.lab.serving.app_path import app_at, check_app_path


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function that writes a module, and returns the path of its ``app``."""
    monkeypatch.syspath_prepend(tmp_path)
    written = []

    def write(text, name="stand"):
        (tmp_path / f"{name}.py").write_text(text)
        written.append(name)
        return f"{name}:app"

    yield write
    for name in written:
        sys.modules.pop(name, None)


def test_an_application_is_imported(module):
    path = module("async def app(scope, receive, send): ...\nclass shops:\n    first = app\n")
    assert app_at(path) is app_at("stand:shops.first") is sys.modules["stand"].app


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("from fwlab import App\nstand = App()", "stand has no 'app'. Is it 'stand:stand'?"),
        ("", "stand has no 'app'.$"),
        ("app = 'text'", "can be called, and this is 'text'"),
        ("x =", r"SyntaxError: invalid syntax \(line 1 of "),
        ("def load():\n    raise OSError('no disk')\nload()", r"OSError: no disk \(line 2 of load in stand.py\)"),
        ("import no_such_package", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_what_is_wrong_with_a_module_is_told(module, text, complaint):
    with pytest.raises(ServeError, match=complaint):
        app_at(module(text))


@pytest.mark.parametrize("path", ["no_such_module:app", "math.sub:app", "fwlab.no_such_module:app"])
def test_a_module_that_is_not_there_is_named(path):
    with pytest.raises(ServeError, match=path.partition(":")[0]):
        app_at(path)


@pytest.mark.parametrize(
    ("path", "mend"),
    [
        ("shop", "'shop:app'"),
        ("shop.py", "'shop:app'"),
        ("shop.py:app", "'shop:app'"),
        ("src/shop.py:api", "'src.shop:api'"),
        ("./shop.py", "'shop:app'"),
        ("my shop:app", "'shop:app'"),
        (":app", "'shop:app'"),
        ("shop:", "'shop:app'"),
        ("shop:app()", "'shop:app'"),
        ("", "'shop:app'"),
    ],
)
def test_what_is_no_path_is_refused_with_what_was_meant(path, mend):
    with pytest.raises(ServeError, match=mend):
        check_app_path(path)
    with pytest.raises(ServeError, match=mend):
        serve(path)


@given(st.text())
def test_any_text_is_a_path_or_a_serve_error(text):
    with contextlib.suppress(ServeError):
        check_app_path(text)
        module, name = text.split(":")
        assert f"{module}.{name}".replace(".", "").isidentifier()
