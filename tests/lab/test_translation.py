"""fwlab.lab.translation: which language is spoken, and what is said in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwlab.lab import translation
from fwlab.lab.translation import gettext, language, ngettext, speaking, translated

USUAL = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def nobody_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*USUAL, "FWLAB_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_english_is_spoken_where_nothing_is_said():
    assert language() == "en"
    assert gettext("right") == "right"


@pytest.mark.parametrize("name", [*USUAL, "FWLAB_LANGUAGE"])
@pytest.mark.parametrize("value", ["es", "es_MX", "es_ES.UTF-8", "es_ES@euro"])
def test_a_variable_says_the_language(name: str, value: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(name, value)
    assert language() == "es"
    assert gettext("right") == "bien"


@pytest.mark.parametrize("value", ["C", "C.UTF-8", "POSIX", "en_US.UTF-8", "xx_YY", "", "../es", ":::"])
def test_what_there_is_no_catalogue_for_is_english(value: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANG", value)
    assert language() == "en"


def test_the_first_language_of_a_list_that_there_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANGUAGE", "xx:es:en")
    assert language() == "es"


def test_the_variables_have_their_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    monkeypatch.setenv("LC_ALL", "C")
    assert language() == "en"
    monkeypatch.setenv("LANGUAGE", "es")
    assert language() == "es"
    monkeypatch.setenv("FWLAB_LANGUAGE", "en")
    assert language() == "en"


@pytest.mark.parametrize("course", ["notebooks", "practice"])
def test_a_translated_notebook_speaks_its_language(course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / course / "es"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert language() == "es"
    monkeypatch.setenv("FWLAB_LANGUAGE", "en")
    assert language() == "en"


def test_a_folder_elsewhere_is_no_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "homes" / "es").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "homes" / "es")
    assert language() == "en"


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert language() == "en"


def test_a_language_is_spoken_for_a_while():
    with speaking("es"):
        assert gettext("{seconds:.4g} s in all", seconds=0.25) == "0.25 s en total"
        with speaking(""):
            assert language() == "es"
        with speaking("en"):
            assert gettext("{seconds:.4g} s in all", seconds=0.25) == "0.25 s in all"
    assert language() == "en"


@pytest.mark.parametrize(("number", "said"), [(0, "0 peticiones"), (1, "1 petición"), (2000, "2,000 peticiones")])
def test_plurals_are_those_of_the_language(number: int, said: str):
    with speaking("es"):
        assert ngettext("{n:,} request", "{n:,} requests", number) == said


def test_what_is_not_translated_is_said_in_english():
    with speaking("es"):
        assert gettext("{n} bananas", n=3) == "3 bananas"
        assert ngettext("{n} banana", "{n} bananas", 3) == "3 bananas"
        assert translated("It computes faster", "q99_no_such_quiz") == "It computes faster"
        assert translated("", "q01_in_a_hurry") == ""


def test_a_stale_translation_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "locale" / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "fwlab.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "good"\nmsgstr "bueno"\n\n#, fuzzy\n#| msgid "bad"\nmsgid "very bad"\nmsgstr "malo"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(translation, "locale_folder", lambda: tmp_path / "locale")
    for cached in (translation.languages, translation._catalogue):
        cached.cache_clear()
    try:
        with speaking("xx"):
            assert (gettext("good"), gettext("very bad")) == ("bueno", "very bad")
    finally:
        for cached in (translation.languages, translation._catalogue):
            cached.cache_clear()
