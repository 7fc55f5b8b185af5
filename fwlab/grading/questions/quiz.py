"""``quiz("q03")``: questions about a chapter, each with a reason for every option."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from fwlab.grading.learner.card import with_code
from fwlab.grading.learner.progress_file import ProgressError, now, progress_path, update_progress
from fwlab.grading.learner.records import Choice, QuestionRecord
from fwlab.grading.questions.asked import asked, shown
from fwlab.grading.questions.quiz_file import QuizText, find_quiz
from fwlab.grading.questions.sheet import AnswerError, Item, Remark, Reply, Sheet
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fwlab.grading.learner.records import Progress
    from fwlab.grading.questions.quiz_file import Question


def quiz(name: str, *, plain: bool | None = None) -> Quiz:
    """Ask the questions of a quiz.

    A notebook shows them with choices to click on, or to choose by keyboard. Without widgets, and at a terminal, they
    are asked one after the other, and answered by letter. Where nobody can answer, they are shown to be read, and
    :meth:`Quiz.answer` takes answers. Try as often as you like; the progress file remembers the first try and the last.

    Args:
        name: such as ``"q03"``.
        plain: whether to ask without widgets. Default: where there are none.

    Raises:
        UnknownExerciseError: the course has no such quiz.

    Example:
        >>> quiz("q01", plain=False).answer(1, "b").right
        False
    """
    made = Quiz(name, find_quiz(name))
    return asked(made, plain=plain)


class Quiz(Sheet):
    """A quiz that can be answered: by what a notebook shows of it, or by :meth:`answer`."""

    def __init__(self, name: str, text: QuizText) -> None:
        self.name = name
        self.title = gettext("Quiz {name}: {title}", name=name, title=text.title)
        self._questions = {question.id: question for question in text.question}
        self.items = tuple(_item(question) for question in text.question)

    def answer(self, question: int, letters: str | Iterable[str]) -> Reply:
        """Answer a question, and return what is said of the answer.

        Args:
            question: its number, from 1.
            letters: of the choices: ``"b"``; ``"ac"`` where more than one are asked for.

        Raises:
            AnswerError: there is no such question or choice.
        """
        if not 1 <= question <= len(self.items):
            raise AnswerError(
                gettext(
                    "The questions are numbered from 1 to {last}; there is no {number}.",
                    last=len(self.items),
                    number=question,
                )
            )
        item = self.items[question - 1]
        return self.reply(item, item.read(letters))

    def reply(self, item: Item, letters: list[str]) -> Reply:
        """Judge an answer and remember it."""
        options = dict(zip(item.letters, self._questions[item.id].option, strict=True))
        wanted = {letter for letter, option in options.items() if option.right}
        right = set(letters) == wanted
        if right:
            message = gettext("Right.")
        elif set(letters) < wanted:
            message = gettext("Right as far as it goes: there is more to choose.")
        else:
            message = gettext("Not yet. Try again.")
        told = item.letters if right else letters
        remarks = tuple(Remark(letter, options[letter].reason, options[letter].right) for letter in told)
        return Reply(tuple(letters), message + self._remember(item, letters, right), right, remarks)

    @property
    def how_to_answer(self) -> str:
        """Where it can only be read: how to answer it."""
        return "\n" + gettext('To answer the first question: quiz("{name}").answer(1, "a")', name=self.name)

    def told_after(self, item: Item) -> str:
        """Return the reasons, folded up."""
        reasons = "".join(
            f"<li>{gettext('Right') if option.right else gettext('Not right')}: {with_code(option.reason)}</li>"
            for option in self._questions[item.id].option
        )
        summary = escape(gettext("The answer to {question}", question=item.id))
        return f'<details><summary>{summary}</summary><ol type="a">{reasons}</ol></details>'

    def _remember(self, item: Item, letters: list[str], right: bool) -> str:
        choice = Choice(chosen=letters, right=right, at=now())

        def note(progress: Progress) -> None:
            questions = progress.quizzes.setdefault(self.name, {})
            if item.id in questions:
                questions[item.id].answered(choice)
            else:
                questions[item.id] = QuestionRecord(first=choice, last=choice, right=right)

        try:
            update_progress(progress_path(), note)
        except ProgressError as error:
            return " " + gettext("(Your progress: {error})", error=error)
        return ""

    def _repr_mimebundle_(self, **options: object) -> Any:
        return shown(self)


def _item(question: Question) -> Item:
    many = sum(option.right for option in question.option) > 1
    return Item(question.id, question.text, tuple(option.text for option in question.option), question.code, many)
