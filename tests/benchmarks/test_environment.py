"""The suite's own environment: made once, and of the peers that can be installed."""

import pytest

from benchmarks import environment


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """What uv was asked for; ``calls.failing`` are words with which it fails."""

    class Calls(list):
        failing = ()

        def __call__(self, *arguments):
            self.append(arguments)
            return int(any(word.startswith(tuple(self.failing)) for word in arguments) if self.failing else 0)

    calls = Calls()
    monkeypatch.setattr(environment, "_uv", calls)
    monkeypatch.setattr(environment, "_STATE", tmp_path / "state")
    return calls


def test_it_is_made_once(calls):
    assert environment.main() == 0
    assert [call[0] for call in calls] == ["venv", "pip"]
    assert environment.main() == 0
    assert len(calls) == 2


def test_it_is_made_again_after_a_change(calls, monkeypatch):
    environment.main()
    monkeypatch.setattr(environment, "_recipe", lambda: "another")
    environment.main()
    assert len(calls) == 4


def test_a_peer_that_cannot_be_installed_is_left_out(calls, capsys):
    calls.failing = ["--group", "falcon"]
    assert environment.main() == 0
    assert {call[-1] for call in calls[2:]} == {"pyproject.toml", *environment._peers()}
    said = capsys.readouterr().err
    assert "falcon>=" in said
    assert "fastapi" not in said.replace("fwlab's", "")
    calls.failing = []
    calls.clear()
    assert environment.main() == 0
    assert calls, "what failed is tried again"


def test_an_environment_that_cannot_be_made_is_a_failure(calls):
    calls.failing = ["venv"]
    assert environment.main() == 1


def test_without_uv_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(environment.shutil, "which", lambda *_, **__: None)
    assert environment._uv("venv") == 1
    assert "make environment" in capsys.readouterr().err
