"""tools/size.py: what counts as a line of code, and when the framework has too many."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("size_tool", ROOT / "tools" / "size.py")
size = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(size)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        ("\n\n# a comment\n", 0),
        ('"""A docstring\n\nof three lines."""\n', 0),
        ("x = 1  # with a comment\n", 1),
        ("x = 1; y = 2\n", 1),
        ("x = (\n    1,\n\n    # why\n    2,\n)\n", 4),
        ('text = """one\n\nthree"""\n', 2),
        ('def f():\n    """Say nothing."""\n    return """no docstring"""\n', 2),
        ('class A:\n    x: int = 1\n    """What x is."""\n', 2),
        ("def f(): ...\n", 1),
        ("x = 1 + \\\n    2\n", 2),
    ],
)
def test_lines_with_code_count(source, lines):
    assert size.code_lines(source) == lines


def test_the_framework_is_the_ground_floor(tmp_path):
    package = tmp_path / "fwlab"
    for name in (
        "routing.py",
        "cli.py",
        "__main__.py",
        "openapi/docs.py",
        "lab/load.py",
        "security/deep/er.py",
    ):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("x = 1\n\n")
    assert size.sizes(package) == {"fwlab/routing.py": 1, "fwlab/openapi/docs.py": 1, "fwlab/security/deep/er.py": 1}


def test_nothing_is_too_large_at_the_limits():
    assert size.too_large({f"{n}.py": 500 for n in range(7)} | {"last.py": 499}) == []


def test_a_file_and_the_whole_can_be_too_large():
    (file,) = size.too_large({"a.py": 501})
    assert file == "a.py has 501 lines of code; 500 are allowed"
    (whole,) = size.too_large({f"{n}.py": 500 for n in range(8)})
    assert "4000" in whole


@pytest.mark.parametrize(("lines", "status"), [(500, 0), (501, 1)])
def test_the_command_prints_each_file_and_fails_when_one_is_too_large(lines, status, tmp_path, monkeypatch, capsys):
    package = tmp_path / "fwlab"
    package.mkdir()
    (package / "routing.py").write_text("x = 1\n" * lines)
    monkeypatch.setattr(size, "ROOT", tmp_path)
    assert size.main() == status
    said = capsys.readouterr()
    assert said.out.split()[:2] == [str(lines), "fwlab/routing.py"]
    assert bool(said.err) == bool(status)
