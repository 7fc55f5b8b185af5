"""tools/translations.py: what is translated, missing and stale is told, and English stands in for what is not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import catalogues
import nbformat
import pytest
import translations
from babel.messages.catalog import Catalog
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from prose import pieces, translated, with_links
from translated_notebook import does_the_same, is_read, leading, translate

ROOT = Path(__file__).resolve().parents[2]
LESSON = [
    new_markdown_cell(
        "# 0 · Waiting\n\nWe wait, and\nwait again.\n\n- one `await`\n- two\n\n"
        "| a | b |\n|---|---|\n| c | [d](01_next.ipynb) |",
        id="title",
    ),
    new_code_cell("n = 1", id="silent"),
    new_code_cell('print("it took long")  # always', id="said", metadata={"fwlab": {"figure": "../docs/x.png"}}),
]

SAID = """x = gettext("Nobody came.")
y = f"{ngettext('one', '{n} of us', n)}"
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one chapter, one message and a README, begun in Spanish."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "fwlab").mkdir()
    (tmp_path / "README.md").write_text("# Course\n\n[Begin](notebooks/00_wait.ipynb).\n\n```sh\nmake lab\n```\n")
    (tmp_path / "fwlab" / "said.py").write_text(SAID)
    ours = {"fwlab": {"chapter": "00", "title": "Waiting"}}
    nbformat.write(new_notebook(cells=LESSON, metadata=ours), tmp_path / "notebooks" / "00_wait.ipynb")
    for name in ("README", "fwlab", "00_wait"):
        translations.begin(tmp_path, "es", name)
    return tmp_path


def say(course: Path, name: str, **texts: str) -> None:
    """Translate, as a person with an editor does: texts whose English begins with a word."""
    path = catalogues.catalogue_path(course, "es", name)
    catalog = catalogues.read(path, "es")
    for message in catalog:
        for begin, text in texts.items():
            if isinstance(message.id, str) and message.id.startswith(begin):
                message.string = text
    path.write_text(catalogues.updated(catalog, catalogues.sources(course)[name].template(course)), encoding="utf-8")


def standing(course: Path, name: str) -> catalogues.Standing:
    far, _ = translations.keep(course, check_only=False)
    return far["es"][name]


# --- the project's own ---------------------------------------------------------------------------------------------


def test_what_is_said_to_be_whole_is_whole_and_up_to_date():
    far, wrong = translations.keep(ROOT, check_only=True)
    assert wrong == []
    assert {"README", "fwlab", "00_start", "01_in_a_hurry"} <= {name for name, one in far["es"].items() if one.is_whole}


def test_the_translated_readme_has_the_programs_and_the_links_of_the_original():
    def fences(path: Path) -> list[str]:
        return path.read_text(encoding="utf-8").split("```")[1::2]

    spanish = ROOT / "README.es.md"
    assert fences(spanish) == fences(ROOT / "README.md")
    for target in translations.LINKED.findall(spanish.read_text(encoding="utf-8")):
        assert "://" in target or (ROOT / target).exists(), target
    assert "](README.es.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


# --- the table -----------------------------------------------------------------------------------------------------


def test_a_new_catalogue_has_everything_missing(course: Path):
    assert standing(course, "00_wait") == catalogues.Standing(translated=0, missing=8, stale=0, obsolete=0)
    assert standing(course, "fwlab") == catalogues.Standing(translated=0, missing=2, stale=0, obsolete=0)


def test_what_is_translated_counts_and_a_changed_text_is_stale_and_said_in_english(course: Path):
    say(course, "README", Course="Curso", **{"[Begin": "[Empieza](notebooks/00_wait.ipynb)."})
    assert standing(course, "README") == catalogues.Standing(translated=2, missing=0, stale=0, obsolete=0)
    assert "[Empieza](notebooks/es/00_wait.ipynb)." in (course / "README.es.md").read_text(encoding="utf-8")

    readme = course / "README.md"
    readme.write_text(readme.read_text().replace("[Begin]", "[Begin here]"))
    assert standing(course, "README") == catalogues.Standing(translated=1, missing=0, stale=1, obsolete=0)
    made = (course / "README.es.md").read_text(encoding="utf-8")
    assert "# Curso" in made
    assert "[Begin here](notebooks/es/00_wait.ipynb)." in made

    readme.write_text("# Course\n")
    assert standing(course, "README").obsolete == 1


def test_a_text_that_only_is_broken_into_other_lines_is_the_same(course: Path):
    say(course, "00_wait", We="Esperamos.")
    path = course / "notebooks" / "00_wait.ipynb"
    path.write_text(path.read_text().replace("We wait, and\\n", "We wait,\\nand "))
    assert standing(course, "00_wait").translated == 1


def test_bringing_up_to_date_twice_changes_nothing(course: Path):
    say(course, "fwlab", Nobody="No vino nadie.")
    translations.keep(course, check_only=False)
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    translations.keep(course, check_only=False)
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before
    assert translations.keep(course, check_only=True)[1] == []


def test_a_check_names_what_is_old_and_writes_nothing(course: Path):
    translations.keep(course, check_only=False)
    (course / "README.md").write_text("# A course\n")
    before = (course / "README.es.md").read_bytes()
    _, wrong = translations.keep(course, check_only=True)
    assert [one.partition(":")[0] for one in wrong] == ["locale/es/LC_MESSAGES/README.po", "README.es.md"]
    assert (course / "README.es.md").read_bytes() == before


def test_a_claim_that_does_not_hold_is_told_with_its_mend(course: Path):
    translations.keep(course, check_only=False)
    (course / "locale" / "whole.toml").write_text('es = ["fwlab", "no_such"]\n')
    _, wrong = translations.keep(course, check_only=True)
    assert len(wrong) == 2
    assert "translate what is missing or stale in locale/es/LC_MESSAGES/fwlab.po" in wrong[0]
    say(course, "fwlab", Nobody="No vino nadie.")
    path = catalogues.catalogue_path(course, "es", "fwlab")
    path.write_text(path.read_text().replace('[0] ""', '[0] "uno"').replace('[1] ""', '[1] "{n} de nosotros"'))
    _, wrong = translations.keep(course, check_only=False)
    assert [one for one in wrong if "fwlab" in one] == []


def test_a_place_that_is_lost_and_code_that_is_lost_are_told(course: Path):
    path = catalogues.catalogue_path(course, "es", "fwlab")
    path.write_text(path.read_text().replace('[0] ""', '[0] "uno"').replace('[1] ""', '[1] "{m} de nosotros"'))
    say(course, "00_wait", one="uno", print='print("tardó")\nexit()')
    _, wrong = translations.keep(course, check_only=False)
    assert any("'{m} de nosotros' has other places in braces" in one for one in wrong)
    assert any("'uno' has lost `await`" in one for one in wrong)


def test_what_is_no_language_and_no_catalogue_cannot_be_begun(course: Path):
    with pytest.raises(translations.TranslationError, match="'klingon' is the code of no language"):
        translations.begin(course, "klingon", "README")
    with pytest.raises(translations.TranslationError, match=r"nothing named '07' to translate; there is: README"):
        translations.begin(course, "es", "07")


def test_the_table_says_what_is_not_begun(course: Path):
    shutil.copy(course / "notebooks" / "00_wait.ipynb", course / "notebooks" / "01_more.ipynb")
    far, _ = translations.keep(course, check_only=False)
    table = translations.table(course, "es", far["es"])
    assert "Spanish (es)" in table
    assert "not begun: 01_more" in table


# --- a notebook ----------------------------------------------------------------------------------------------------


def test_a_notebook_is_made_with_its_prose_its_texts_and_its_outputs(course: Path):
    say(course, "00_wait", Waiting="Esperar", We="Esperamos.", two="dos", print='print("tardó mucho")  # siempre')
    path = course / "notebooks" / "es" / "00_wait.ipynb"
    made = translations.notebook(course, path)
    assert made is not None
    assert made.metadata["fwlab"] == {"chapter": "00", "language": "es", "title": "Esperar"}
    assert "Esperamos.\n\n- one `await`\n- dos" in made.cells[0].source
    assert "[d](../01_next.ipynb)" in made.cells[0].source
    assert made.cells[2].source == 'print("tardó mucho")  # siempre'
    assert "fwlab" not in made.cells[2].metadata

    made.cells[1].execution_count = made.cells[2].execution_count = 7
    path.parent.mkdir()
    nbformat.write(made, path)
    say(course, "00_wait", print='print("mucho")  # siempre')
    again = translations.notebook(course, path)
    assert again is not None
    assert [cell.get("execution_count") for cell in again.cells] == [None, 7, None]


def test_other_code_is_not_taken(course: Path):
    say(course, "00_wait", print='print("tardó mucho") or exit()')
    made = translations.notebook(course, course / "notebooks" / "es" / "00_wait.ipynb")
    assert made is not None
    assert made.cells[2].source == LESSON[2].source


def test_a_notebook_that_is_no_translation_is_left_to_others(course: Path):
    assert translations.notebook(course, course / "notebooks" / "00_wait.ipynb") is None
    assert translations.notebook(course, course / "notebooks" / "es" / "07_other.ipynb") is None


@pytest.mark.parametrize(
    ("code", "read"),
    [("n = 1", False), ("n = 1  # one", True), ('print("two words")', True), ('d["key"]', False), ("%magic", False)],
)
def test_only_code_that_people_read_is_translated(code: str, read: bool):
    assert is_read(code) is read


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ('print(f"{n:.2f} segundos")', True),
        ('print(f"{n:.1f} segundos {n}")', False),
        ('print(f"{m} segundos")', False),
        ("print(", False),
    ],
)
def test_code_does_the_same_if_it_differs_in_texts_alone(other: str, same: bool):
    assert does_the_same('print(f"{n:.1f} seconds")  # a comment', other) is same


def test_a_link_leads_to_the_same_language_where_that_is(tmp_path: Path):
    there = tmp_path / "notebooks"
    twins = {there / "00_a.ipynb": there / "es" / "00_a.ipynb"}
    lead = leading(there / "01_b.ipynb", there / "es" / "01_b.ipynb", twins)
    targets = ["00_a.ipynb#top", "02_c.ipynb", "#here", "https://example.org/a", "../practice/e01.ipynb"]
    said = ["00_a.ipynb#top", "../02_c.ipynb", "#here", "https://example.org/a", "../../practice/e01.ipynb"]
    assert [lead(target) for target in targets] == said


def test_hints_are_looked_up_whole():
    hint = new_markdown_cell("Look.\n\nAnd look again.", id="hint", metadata={"fwlab": {"role": "hint"}})
    exercise = new_notebook(cells=[hint], metadata={"fwlab": {"title": "Look"}})
    texts = list(catalogues.texts_of(exercise, with_code=False))
    assert texts == [("title", "Look"), ("hint", "Look.\n\nAnd look again.")]
    assert translate(exercise, str.upper, str, "xx").metadata["fwlab"]["title"] == "LOOK"


# --- prose ---------------------------------------------------------------------------------------------------------


def test_a_text_without_translations_stays_to_the_letter():
    text = "# A\n\nline one\nline two\n\n1. item\n   goes on\n\n```python\n# no heading\n```\n"
    assert translated(text, lambda said: said) == text
    assert [one.text for one in pieces(text) if one.is_prose] == ["A", "line one line two", "item goes on"]


def test_a_long_translation_is_broken_into_lines_that_are_still_one_piece():
    long = " ".join(["palabra"] * 40)
    made = translated("- short\n- other", lambda said: long if said == "short" else said)
    assert max(map(len, made.splitlines())) <= 120
    assert [one.text for one in pieces(made)] == [long, "other"]


def test_links_in_programs_stay():
    text = "[a](b)\n```\n[a](b)\n```"
    assert with_links(text, lambda target: f"x/{target}") == "[a](x/b)\n```\n[a](b)\n```"


def test_messages_are_found_in_f_strings_and_with_what_translators_are_told(tmp_path: Path):
    path = tmp_path / "code.py"
    path.write_text('# Translators: a clock\nx = gettext("tick")\ny = f"{gettext(\'tock\')}!"\nz = gettext(variable)\n')
    assert list(catalogues._messages(path)) == [("tick", "", ["a clock"]), ("tock", "", [])]
    assert catalogues.standing(Catalog()).is_whole
