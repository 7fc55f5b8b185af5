"""In which language fwlab speaks, and its messages in that language.

The catalogues are gettext's: ``locale/es/LC_MESSAGES/fwlab.po`` has the messages of the package, those beside it the
texts of exercises and quizzes. They are read as translators write them, once, when the first message is wanted in
another language than English; so there is no compiled form that could be older than its source. What a catalogue does
not have, or has for an older sentence, is said in English.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGE_VARIABLE = "FWLAB_LANGUAGE"
"""The environment variable that says in which language fwlab speaks, whatever the system's language is."""

ENGLISH = "en"
MESSAGES = "fwlab"
"""The catalogue of the package's own messages."""

_PACKAGE = Path(__file__).resolve().parents[1]
_USUAL = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in gettext's order
_COURSE = ("notebooks", "practice")

_spoken = ""  # by speaking(); every thread of the process hears it, those in which answers are judged, too


def gettext(message: str, /, **values: object) -> str:
    """Return a message in the language that is spoken, with values in the places that are named in braces.

    Args:
        message: in English, as a literal: `make translations` collects it where it stands. A whole sentence, for other
            languages put its parts into another order.
        values: what goes into its places. Without any, braces in the message stand for themselves.

    Example:
        >>> gettext("{item} costs {price:.2f}", item="fries", price=3)
        'fries costs 3.00'
    """
    said = _catalogue(language(), MESSAGES).gettext(message)
    return said.format(**values) if values else said


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """Return a message about a number of things, which is its place ``{n}``; languages differ in their plurals.

    Args:
        one: what is said in English of one thing.
        many: what is said in English of any other number.
        number: how many there are.
        values: what goes into other places.

    Example:
        >>> ngettext("{n} request", "{n} requests", 1), ngettext("{n} request", "{n} requests", 2)
        ('1 request', '2 requests')
    """
    return _catalogue(language(), MESSAGES).ngettext(one, many, number).format(n=number, **values)


def translated(text: str, catalogue: str) -> str:
    """Return a text of the course in the language that is spoken.

    Args:
        text: in English, as it stands in the course's file.
        catalogue: the name of that file without its ending, such as ``"q01_in_a_hurry"``.

    Example:
        >>> translated("It computes faster", "q01_in_a_hurry")
        'It computes faster'
    """
    return _catalogue(language(), catalogue).gettext(text) if text else text


def language() -> str:
    """Return the language that is spoken: its code, such as ``"es"``.

    It is the first of these for which there is a folder in ``locale/``: what :func:`speaking` says; the environment
    variable ``FWLAB_LANGUAGE``; the folder of a translated notebook in which this process works, such as
    ``notebooks/es``; the usual variables ``LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES`` and ``LANG``. Else it is English.

    Example:
        >>> with speaking("es"):
        ...     language()
        'es'
    """
    wanted = [_spoken, os.environ.get(LANGUAGE_VARIABLE, ""), _notebooks_language()]
    # Where one of the usual variables is set, those after it are not asked: so gettext has it.
    wanted += next((os.environ[name].split(":") for name in _USUAL if os.environ.get(name)), [])
    known = {ENGLISH, *languages()}
    for name in filter(None, wanted):
        locale = name.partition(".")[0].partition("@")[0]  # "es_MX.UTF-8" is spoken as "es_MX", or else as "es"
        found = {locale, locale.partition("_")[0]} & known
        if found:
            return max(found, key=len)
        if locale in {"C", "POSIX"}:
            return ENGLISH
    return ENGLISH


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are catalogues for.

    Example:
        >>> "es" in languages()
        True
    """
    return tuple(sorted(path.parent.name for path in locale_folder().glob("*/LC_MESSAGES")))


def locale_folder() -> Path:
    """Return the folder with the catalogues: in the installed package, or at the top of a checkout.

    Example:
        >>> (locale_folder() / "es" / "LC_MESSAGES" / "fwlab.po").is_file()
        True
    """
    inside = _PACKAGE / "locale"
    return inside if inside.is_dir() else _PACKAGE.parent / "locale"


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language while the block runs, in all of the process; ``""`` changes nothing.

    Example:
        >>> with speaking("es"):
        ...     gettext("right")
        'bien'
    """
    global _spoken
    before = _spoken
    _spoken = code or before
    try:
        yield
    finally:
        _spoken = before


def load_messages() -> None:
    """Read the messages of the language that is spoken, for a process that can read no files later."""
    _catalogue(language(), MESSAGES)


@cache
def _catalogue(code: str, name: str) -> NullTranslations:
    """Read a catalogue; one that gives back what it is given, where there is none."""
    path = locale_folder() / code / "LC_MESSAGES" / f"{name}.po"
    if code == ENGLISH or not path.is_file():
        return NullTranslations()
    # Here, for Babel takes a while to load, and English needs none of it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as written:
        write_mo(compiled, read_po(written, locale=code))  # it leaves out what is marked as stale
    compiled.seek(0)
    return GNUTranslations(compiled)


def _notebooks_language() -> str:
    """Return the name of the folder that this process works in, where that is one for translated notebooks."""
    try:
        folder = Path.cwd()
    except OSError:  # it has been removed
        return ""
    return folder.name if folder.parent.name in _COURSE else ""
