"""The glossary: in order, each word once, each from the chapter that it names."""

from __future__ import annotations

import re

import pytest

from .lesson import LESSONS, ROOT, Lesson

TEXT = (ROOT / "notebooks" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = [" ".join(entry.split()) for entry in re.split(r"^- ", TEXT, flags=re.M)[1:]]
WORDS = [entry.split("**")[1] for entry in ENTRIES]


@pytest.mark.parametrize("entry", ENTRIES, ids=WORDS)
def test_a_word_is_explained_and_used_in_the_chapter_that_it_names(entry: str):
    found = re.fullmatch(r"\*\*(.+?)\*\*( \(.+?\))?: (.{20,}) \[Chapter (\d+)\]\((\w+)\.ipynb\)", entry)
    assert found, "an entry is `- **Word** (other word): what it is. [Chapter N](NN_name.ipynb)`"
    word, _, _, number, name = found.groups()
    lesson: Lesson = LESSONS[name]
    assert int(lesson.chapter) == int(number)
    stem = word.replace("`", "").lower().removesuffix("ing")  # "blocks" stands for "blocking"
    assert stem in lesson.prose.replace("`", "").replace("\n", " ").lower()


def test_words_are_in_order_and_each_is_there_once():
    plain = [re.sub(r"[^a-z0-9 /-]", "", word.lower()) for word in WORDS]
    assert plain == sorted(plain)
    assert len(set(plain)) == len(plain)


@pytest.mark.parametrize("name", LESSONS)
def test_every_chapter_adds_to_it(name: str):
    assert f"({name}.ipynb)" in TEXT


def test_a_word_that_another_is_explained_by_is_there_too():
    named = re.findall(r"(?:opposite of|see) \*(.+?)\*", " ".join(ENTRIES))
    assert "synchronous" in named
    assert {word.lower() for word in named} <= {word.lower() for word in WORDS}
