"""The catalogues of translations: of which files there can be one, what is to be translated in each, and how far it is.

A catalogue is a gettext file, ``locale/LANGUAGE/LC_MESSAGES/NAME.po``, and what stands in it in English is taken from
the sources and never written by hand. `update` brings it up to date: an entry whose English has changed a little keeps
its translation, marked as fuzzy, which means stale: until somebody has looked at it, the English is shown.
"""

from __future__ import annotations

import ast
import io
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import nbformat
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from prose import pieces
from translated_notebook import does_the_same, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {"gettext": 1, "ngettext": 2}  # how many texts each takes
WIDTH = 120
COMMENT = "# Translators:"  # a comment above a call that begins so stands in the catalogue, too

# Headers that would change with the day or with the version of Babel, or that nobody fills in.
_UNSTEADY = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Language-Team): .*\n',
    re.MULTILINE,
)

Text = tuple[str | tuple[str, str], str, list[str]]
"""What is to be translated (two texts, where there is a plural), where it stands, and what translators are told."""


@dataclass(frozen=True)
class Source:
    """What one catalogue is made of.

    Attributes:
        name: of the catalogue.
        kind: ``"messages"``, ``"page"``, ``"chapter"``, ``"exercise"`` or ``"quiz"``.
        files: the files in which the English stands.
    """

    name: str
    kind: str
    files: tuple[Path, ...]

    def template(self, root: Path) -> Catalog:
        """Return all that is to be translated."""
        catalog = Catalog()
        for path in self.files:
            for text, where, comments in _READERS[self.kind](path):
                place = path.relative_to(root).as_posix() + (f"#{where}" if where else "")
                message = catalog.add(text, locations=[(place, 0)], auto_comments=comments)
                message.flags.discard("python-format")  # a guess of Babel's at the sight of "95 % of"
        return catalog


def sources(root: Path) -> dict[str, Source]:
    """Return what there is to translate in a checkout, by the name of the catalogue."""
    code = [*root.glob("fwlab/**/*.py"), *root.glob("exercises/*/checks.py")]
    found = [
        Source("README", "page", (root / "README.md",)),
        Source("fwlab", "messages", tuple(sorted(path for path in code if "node_modules" not in path.parts))),
        *(Source(path.stem, "chapter", (path,)) for path in sorted(root.glob("notebooks/[0-9]*.ipynb"))),
        *(Source(path.stem, "exercise", (path,)) for path in sorted(root.glob("exercises/e*.ipynb"))),
        *(Source(path.stem, "quiz", (path,)) for path in sorted(root.glob("exercises/q*.toml"))),
    ]
    return {source.name: source for source in found}


# --- what is to be translated --------------------------------------------------------------------------------------


def _messages(path: Path) -> Iterator[Text]:
    """Read the calls of gettext() and ngettext(); Babel's own reader does not look into f-strings on every Python."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    found: list[tuple[int, int, Text]] = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS):
            continue
        texts = [text.value for text in node.args[: KEYWORDS[node.func.id]] if isinstance(text, ast.Constant)]
        if len(texts) < KEYWORDS[node.func.id]:  # fwlab's own function handing on what it was given
            continue
        above = lines[node.lineno - 2].strip() if node.lineno > 1 else ""
        told = [above.removeprefix(COMMENT).strip()] if above.startswith(COMMENT) else []
        found.append((node.lineno, node.col_offset, (texts[0] if len(texts) == 1 else (texts[0], texts[1]), "", told)))
    for _, _, text in sorted(found, key=lambda one: one[:2]):
        yield text


def _page(path: Path) -> Iterator[Text]:
    for piece in pieces(path.read_text(encoding="utf-8")):
        if piece.is_prose:
            yield piece.text, "", []


def _chapter(path: Path) -> Iterator[Text]:
    for cell, text in texts_of(nbformat.read(path, as_version=4), with_code=True):
        yield text, cell, []


def _exercise(path: Path) -> Iterator[Text]:
    for cell, text in texts_of(nbformat.read(path, as_version=4), with_code=False):
        yield text, cell, []


def _quiz(path: Path) -> Iterator[Text]:
    quiz = tomllib.loads(path.read_text(encoding="utf-8"))
    yield quiz["title"], "title", []
    for question in quiz["question"]:
        yield question["text"], question["id"], []
        for option in question["option"]:
            yield option["text"], question["id"], []
            yield option["reason"], question["id"], []


_READERS: dict[str, Callable[[Path], Iterator[Text]]] = {
    "messages": _messages,
    "page": _page,
    "chapter": _chapter,
    "exercise": _exercise,
    "quiz": _quiz,
}


# --- the catalogue of a language -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How far a catalogue is: of how many texts there is a translation, none, an old one; and how many are not needed
    any more."""

    translated: int
    missing: int
    stale: int
    obsolete: int

    @property
    def is_whole(self) -> bool:
        """Whether all of it is in the other language."""
        return not self.missing and not self.stale


def catalogue_path(root: Path, language: str, name: str) -> Path:
    """Return where a catalogue is."""
    return root / "locale" / language / "LC_MESSAGES" / f"{name}.po"


def read(path: Path, language: str) -> Catalog:
    """Read a catalogue; a new one where there is none yet."""
    if not path.is_file():
        header = f"# fwlab in another language: {language}. CONTRIBUTING.md says how to translate."
        return Catalog(locale=language, project="fwlab", version="course", header_comment=header, fuzzy=False)
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def updated(catalog: Catalog, template: Catalog) -> str:
    """Bring a catalogue up to date with the sources, and return the text of its file."""
    catalog.update(template, update_creation_date=False)
    for message in catalog:
        if message.id and not _said(message):  # it is like another entry that has no translation either
            message.flags.discard("fuzzy")
            message.previous_id = []
    written = io.BytesIO()
    write_po(written, catalog, width=WIDTH, include_previous=True, include_lineno=False)
    return _UNSTEADY.sub("", written.getvalue().decode())


def standing(catalog: Catalog) -> Standing:
    """Count the entries of a catalogue that is up to date."""
    entries = [message for message in catalog if message.id]
    stale = sum(message.fuzzy for message in entries)
    done = sum(is_translated(message) for message in entries)
    return Standing(done, len(entries) - done - stale, stale, len(catalog.obsolete))


def is_translated(message: Message) -> bool:
    """Tell whether an entry has a translation that holds."""
    return not message.fuzzy and _said(message)


def _said(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def says(catalog: Catalog) -> Callable[[str], str]:
    """Return what gives a text in the language of a catalogue, or in English where that is all there is."""
    said = {message.id: message.string for message in catalog if message.id and is_translated(message)}
    return lambda text: said.get(text, text)


# --- slips that can be seen without knowing the language -----------------------------------------------------------


def slips(catalog: Catalog, kind: str) -> Iterator[str]:
    """Yield what is wrong with translations: a place for a value that is lost, a code that is not the same."""
    for message in catalog:
        if not message.id or not is_translated(message):
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        for text in message.string if isinstance(message.string, (tuple, list)) else (message.string,):
            if kind == "messages" and _places(text) not in [_places(original) for original in originals]:
                yield f"{text!r} has other places in braces than {originals[-1]!r}"
            if "\n" in originals[0] and kind == "chapter" and not does_the_same(text, originals[0]):
                yield f"{text!r} is other code than {originals[0]!r}"
            if lost := _code(originals[-1]) - _code(text):
                yield f"{text!r} has lost {', '.join(sorted(lost))}, which {originals[-1]!r} quotes"


def _places(text: str) -> list[str]:
    try:
        return sorted(f"{name}:{form}" for _, name, form, _ in Formatter().parse(text) if name)
    except ValueError:
        return ["braces that do not match"]


def _code(text: str) -> set[str]:
    """What stands between backticks."""
    return set(re.findall(r"`[^`\n]+`", text))
