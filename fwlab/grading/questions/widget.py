"""A sheet of questions in a notebook: ``widget.js`` draws it, the kernel replies; what is right is not in the page."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import anywidget
import traitlets

from fwlab.grading.questions.sheet import AnswerError, Reply
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from fwlab.grading.questions.sheet import Sheet

_HERE = Path(__file__).parent


class SheetWidget(anywidget.AnyWidget):
    """The view of one sheet; as many places of a page may show it as like, and all show the same.

    Attributes:
        sheet: the questions, as the page gets them.
        replies: what was said, by the question's id.
    """

    _esm = (_HERE / "widget.js").read_text(encoding="utf-8")
    _css = (_HERE / "widget.css").read_text(encoding="utf-8")
    sheet = traitlets.Dict().tag(sync=True)
    replies = traitlets.Dict().tag(sync=True)

    @classmethod
    def of(cls, sheet: Sheet) -> Self:
        """Make the widget of a sheet."""
        items = [asdict(item) | {"letters": item.letters, "number": sheet.number_of(item)} for item in sheet.items]
        made = cls(sheet={"title": sheet.title, "items": items, "words": _words()})

        def answered(_: object, content: Any, __: object) -> None:
            made._take(sheet, content)

        made.on_msg(answered)
        return made

    def _take(self, sheet: Sheet, content: Any) -> None:
        """Reply to an answer from the page; replies are counted, so that each of them is a change."""
        try:
            item = sheet.item(str(content["item"]))
            reply = sheet.reply(item, item.read([str(letter) for letter in content["chosen"]]))
        except AnswerError as error:
            reply = Reply((), str(error))
        name = str(content["item"])
        tries = self.replies.get(name, {}).get("tries", 0) + 1
        self.replies = {**self.replies, name: asdict(reply) | {"tries": tries}}


def _words() -> dict[str, str]:
    """Return what the page itself says, in the language that is spoken."""
    return {
        "answer": gettext("Answer"),
        "all": gettext("choose all that are right"),
        "one": gettext("Choose one first."),
        "some": gettext("Choose one or more first."),
        "right": gettext("Right"),
        "wrong": gettext("Not right"),
    }
