"""A sheet of questions with choices, whoever asks them: a widget, a line of input, or a page that is only read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from html import escape
from string import ascii_lowercase
from typing import TYPE_CHECKING

from fwlab.grading.errors import GradingError
from fwlab.grading.learner.card import with_code
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable


class AnswerError(GradingError):
    """There is no such question, or no such choice."""


@dataclass(frozen=True)
class Item:
    """A question. `many` tells whether more than one choice may be taken; a choice's letter is its place: a, b, c."""

    id: str
    text: str
    choices: tuple[str, ...]
    code: str = ""
    many: bool = False

    @property
    def letters(self) -> str:
        """The letters of its choices."""
        return ascii_lowercase[: len(self.choices)]

    def read(self, answer: str | Iterable[str]) -> list[str]:
        """Return the letters in an answer, in order: ``"b"``, ``"a, c"``, ``["a", "c"]``.

        Raises:
            AnswerError: one of them is no choice, there is none, or there are several where one is asked for.
        """
        given = "".join(answer).lower()
        letters = sorted({letter for letter in given if letter not in " ,;"})
        if not letters or not set(letters) <= set(self.letters):
            raise AnswerError(
                gettext(
                    "Answer with one of the letters {letters}; {given!r} is none.",
                    letters=", ".join(self.letters),
                    given=given.strip(),
                )
            )
        if len(letters) > 1 and not self.many:
            raise AnswerError(gettext("Choose one: {letters}.", letters=", ".join(self.letters)))
        return letters


@dataclass(frozen=True)
class Remark:
    """What is said of one choice."""

    letter: str
    text: str
    right: bool


@dataclass(frozen=True, repr=False)
class Reply:
    """What an answer is told. `right` is ``None`` where nobody knows yet what is right."""

    chosen: tuple[str, ...]
    message: str
    right: bool | None = None
    remarks: tuple[Remark, ...] = ()

    def __str__(self) -> str:
        said = [f"{'' if self.right is None else '✓ ' if self.right else '✗ '}{self.message}"]
        remarks = [f"  {one.letter}) {_verdict(one)}: {one.text}" for one in self.remarks]
        return "\n".join([*said, *remarks])

    __repr__ = __str__


def _verdict(remark: Remark) -> str:
    return gettext("right") if remark.right else gettext("not right")


class Sheet(ABC):
    """Questions that can be asked, and somebody who replies."""

    title: str
    items: tuple[Item, ...]
    was_asked = False
    """Whether its questions have just been asked one by one: then they need not be shown once more."""

    @abstractmethod
    def reply(self, item: Item, letters: list[str]) -> Reply:
        """Take an answer, remember it, and say what there is to say."""

    @property
    @abstractmethod
    def how_to_answer(self) -> str:
        """Where it can only be read: how to answer it."""

    def item(self, identifier: str) -> Item:
        """Return a question by its name.

        Raises:
            AnswerError: there is none of that name.
        """
        found = {item.id: item for item in self.items}
        if identifier not in found:
            raise AnswerError(
                gettext("There is no question {name!r}; there are: {known}.", name=identifier, known=", ".join(found))
            )
        return found[identifier]

    def __str__(self) -> str:
        return "\n".join([self.title, *map(self.text_of, self.items), self.how_to_answer])

    def __repr__(self) -> str:
        return self.title if self.was_asked else str(self)

    def to_html(self) -> str:
        """Return it to be read."""
        items = "".join(self._as_html(item) for item in self.items)
        heading = escape(self.title)
        return f'<section aria-label="{heading}"><p><strong>{with_code(self.title)}</strong></p>{items}</section>'

    def text_of(self, item: Item) -> str:
        """Return a question with its choices, to be read."""
        lines = (
            []
            if item.text == self.title
            else ["", f"{self.number_of(item)}{item.text}{gettext(' (more than one)') * item.many}"]
        )
        lines += [f"    {line}" for line in item.code.rstrip().splitlines()]
        lines += [f"  {letter}) {choice}" for letter, choice in zip(item.letters, item.choices, strict=True)]
        return "\n".join(lines)

    def number_of(self, item: Item) -> str:
        """Return what stands before a question: its number, where there are several."""
        return f"{self.items.index(item) + 1}. " if len(self.items) > 1 else ""

    def told_after(self, item: Item) -> str:
        """Return, as HTML, what a reader may open below a question."""
        return ""

    def _as_html(self, item: Item) -> str:
        choices = "".join(f"<li>{with_code(choice)}</li>" for choice in item.choices)
        code = f"<pre><code>{escape(item.code.rstrip())}</code></pre>" if item.code else ""
        text = f"<p>{escape(self.number_of(item))}{with_code(item.text)}</p>" if item.text != self.title else ""
        return f'{text}{code}<ol type="a">{choices}</ol>{self.told_after(item)}'
