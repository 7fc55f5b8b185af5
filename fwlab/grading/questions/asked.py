"""How a sheet of questions reaches a person: as a widget in a notebook, as lines of input, or as a page to read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

from fwlab.grading.questions.sheet import AnswerError, Item, Reply, Sheet
from fwlab.lab.notebook import has_widgets, in_kernel
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Callable

S = TypeVar("S", bound=Sheet)


def asked(sheet: S, *, plain: bool | None = None) -> S:
    """Return the sheet, after asking its questions where that is done by lines of input.

    Args:
        sheet: the questions.
        plain: whether to ask so. Default: at a terminal, and in a kernel without widgets.
    """
    if plain or (plain is None and _by_input()):
        ask(sheet)
    return sheet


def shown(sheet: Sheet) -> Any:
    """Return a sheet as a notebook displays it: the widget, where there can be one, and what can be read without."""
    if sheet.was_asked:
        return {"text/plain": repr(sheet)}
    readable = {"text/plain": str(sheet), "text/html": sheet.to_html()}
    if not has_widgets():
        return readable
    from fwlab.grading.questions.widget import SheetWidget  # here, for anywidget takes its time to load

    widget = SheetWidget.of(sheet)
    bundle = widget._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {**(data or {}), **readable}, metadata


def ask(sheet: Sheet, *, read: Callable[[str], str] | None = None, write: Callable[[str], None] = print) -> None:
    """Ask each question until it is answered; an empty line leaves one out, the end of input all that are left.

    Args:
        sheet: the questions.
        read: asks for a line. Default: ``input``.
        write: shows a text.
    """
    read = read or input  # not before: a kernel puts its own in its place for each cell
    write(sheet.title)
    for item in sheet.items:
        write(sheet.text_of(item))
        try:
            while (reply := _answer(sheet, item, read, write)) is not None and reply.right is False:
                pass
        except (EOFError, NotImplementedError):  # nobody there: a notebook that is executed by a program
            write(sheet.how_to_answer)
            return
    sheet.was_asked = True


def _answer(sheet: Sheet, item: Item, read: Callable[[str], str], write: Callable[[str], None]) -> Reply | None:
    letters = ", ".join(item.letters)
    if item.many:
        prompt = gettext("Your answer ({letters}; one or more; Enter: leave it out): ", letters=letters)
    else:
        prompt = gettext("Your answer ({letters}; Enter: leave it out): ", letters=letters)
    while line := read(prompt).strip():
        try:
            reply = sheet.reply(item, item.read(line))
        except AnswerError as error:
            write(str(error))
        else:
            write(str(reply))
            return reply
    return None


def _by_input() -> bool:
    if in_kernel():
        return not has_widgets()
    return sys.stdin is not None and sys.stdin.isatty()
