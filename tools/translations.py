"""Brings the catalogues in ``locale/`` up to date, makes the README's translations, and says what is missing or stale.

The notebooks' translations are made by ``tools/notebooks.py``, for they are executed.
"""

from __future__ import annotations

import argparse
import copy
import re
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from babel.core import Locale, UnknownLocaleError
from catalogues import ROOT, Source, Standing, catalogue_path, read, says, slips, sources, standing, updated
from prose import translated, with_links
from translated_notebook import leading, translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from babel.messages.catalog import Catalog
    from nbformat import NotebookNode

CLAIMS = "locale/whole.toml"
LINKED = re.compile(r"\]\(([^)\s#]+)\)")


class TranslationError(Exception):
    """Something that is no language or no catalogue; the message says which."""


def languages(root: Path) -> list[str]:
    """Return the languages that have been begun."""
    return sorted(path.parent.name for path in root.glob("locale/*/LC_MESSAGES"))


def begun(root: Path, language: str) -> Iterator[Source]:
    """Yield what a language has a catalogue for."""
    for source in sources(root).values():
        if catalogue_path(root, language, source.name).is_file():
            yield source


def claims(root: Path) -> dict[str, list[str]]:
    """Return which catalogues are said to be whole, by language."""
    path = root / CLAIMS
    said: dict[str, list[str]] = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return said


def translations(root: Path, language: str) -> dict[Path, Path]:
    """Return every file that is made for a language, by the English file that it is made of."""
    made: dict[Path, Path] = {}
    for source in begun(root, language):
        (original, *_) = source.files
        if source.kind == "page":
            made[original] = original.with_suffix(f".{language}.md")
        elif source.kind in {"chapter", "exercise"}:
            folder = root / ("notebooks" if source.kind == "chapter" else "practice")
            made[folder / original.name] = folder / language / original.name
    return made


def notebook(root: Path, path: Path) -> NotebookNode | None:
    """Return a translated notebook as its original and its catalogue make it; ``None`` where the path is of none.

    The outputs that are stored stay with the cells whose code is the same.
    """
    path = path.resolve()
    language = path.parent.name
    for source in begun(root, language) if language in languages(root) else ():
        twins = translations(root, language)
        original = next((one for one, twin in twins.items() if twin == path), None)
        if original is None or source.name != path.stem:
            continue
        catalog = read(catalogue_path(root, language, source.name), language)
        made = translate(nbformat.read(original, as_version=4), says(catalog), leading(original, path, twins), language)
        return _with_outputs(made, path)
    return None


def _with_outputs(made: NotebookNode, path: Path) -> NotebookNode:
    stored = {cell["id"]: cell for cell in nbformat.read(path, as_version=4).cells} if path.is_file() else {}
    for cell in made.cells:
        before = stored.get(cell["id"])
        if before is not None and cell.cell_type == before.cell_type == "code" and cell.source == before.source:
            cell.outputs, cell.execution_count = copy.deepcopy(before.outputs), before.execution_count
    return made


def page(root: Path, language: str, source: Source, catalog: Catalog) -> str:
    """Return a page in a language."""
    (original,) = source.files
    twins = translations(root, language)
    said = translated(original.read_text(encoding="utf-8"), says(catalog))
    return with_links(said, leading(original, twins[original], twins))


def keep(root: Path, *, check_only: bool) -> tuple[dict[str, dict[str, Standing]], list[str]]:
    """Write what is not up to date, or only see to it; return how far everything is, and all that is wrong."""
    far: dict[str, dict[str, Standing]] = {}
    wrong: list[str] = []
    claimed = claims(root)

    def settle(path: Path, text: str) -> None:
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            if check_only:
                wrong.append(f"{path.relative_to(root)}: not of the sources as they are; `make translations` renews it")
            else:
                path.write_text(text, encoding="utf-8")

    for language in languages(root):
        far[language] = {}
        for source in begun(root, language):
            path = catalogue_path(root, language, source.name)
            catalog = read(path, language)
            settle(path, updated(catalog, source.template(root)))
            far[language][source.name] = standing(catalog)
            wrong += [f"{path.relative_to(root)}: {slip}" for slip in slips(catalog, source.kind)]
            if source.kind == "page":
                settle(translations(root, language)[source.files[0]], page(root, language, source, catalog))
        for name in claimed.get(language, ()):
            if name not in far[language] or not far[language][name].is_whole:
                wrong.append(
                    f"{CLAIMS} says that {name} is whole in {language!r}, and it is not: translate what is missing or "
                    f"stale in {catalogue_path(Path(), language, name)}, or take the name from the list"
                )
    return far, wrong


def begin(root: Path, language: str, name: str) -> None:
    """Begin a catalogue, with nothing in it yet.

    Raises:
        TranslationError: there is no such language, or nothing of that name to translate.
    """
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        raise TranslationError(f"{language!r} is the code of no language; one is such as 'es' or 'pt_BR'.") from None
    known = sources(root)
    if name not in known:
        raise TranslationError(f"there is nothing named {name!r} to translate; there is: {', '.join(known)}.")
    path = catalogue_path(root, language, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(updated(read(path, language), known[name].template(root)), encoding="utf-8")


def table(root: Path, language: str, far: dict[str, Standing]) -> str:
    """Return how far a language is, a line for each catalogue."""
    claimed = claims(root).get(language, ())
    lines = [f"{Locale.parse(language).english_name} ({language})"]
    lines.append(f"  {'catalogue':<22}{'translated':>11}{'missing':>9}{'stale':>7}{'obsolete':>10}")
    for name, one in far.items():
        numbers = f"{one.translated:>11}{one.missing:>9}{one.stale:>7}{one.obsolete:>10}"
        lines.append(f"  {name:<22}{numbers}{'   said to be whole' * (name in claimed)}")
    if left := [name for name in sources(root) if name not in far]:
        text = f"not begun: {', '.join(left)}"
        lines.append(textwrap.fill(text, 100, initial_indent="  ", subsequent_indent="    "))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool; return the exit status."""
    parser = argparse.ArgumentParser(description="Bring translations up to date, and say what is missing or stale.")
    stale = "write nothing; fail where something is not up to date, or is said to be whole and is not"
    parser.add_argument("--check", action="store_true", help=stale)
    parser.add_argument("--begin", nargs=2, metavar=("LANGUAGE", "NAME"), help="begin a catalogue: es 02_waiting")
    options = parser.parse_args(arguments)
    try:
        if options.begin:
            begin(ROOT, *options.begin)
    except TranslationError as error:
        print(error, file=sys.stderr)
        return 1
    far, wrong = keep(ROOT, check_only=options.check)
    for language, standings in far.items():
        print(table(ROOT, language, standings))
    for one in wrong:
        print(one, file=sys.stderr)
    return 1 if wrong and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
