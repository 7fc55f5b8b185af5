"""A check in another language: the verdict, the diagnosis, the hints, the quiz and what stands around them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fwlab.course import course_folder
from fwlab.grading import check, check_notebook, hint, progress, quiz, reset, solution
from fwlab.grading.build import learners_notebook
from fwlab.grading.exercise import exercise_notebooks
from fwlab.lab.translation import speaking


@pytest.fixture(autouse=True)
def in_spanish(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("FWLAB_PROGRESS", str(tmp_path / "progress.json"))
    with speaking("es"):
        yield


def test_a_wrong_answer_is_told_what_was_seen_and_what_to_try(tmp_path: Path):
    notebook = json.loads((course_folder() / "practice" / "es" / "e00_start.ipynb").read_text(encoding="utf-8"))
    (starter,) = [cell for cell in notebook["cells"] if cell["id"] == "starter-1"]
    starter["source"] = "import time\n\n\nasync def wait_for_the_grill():\n    time.sleep(1.0)\n    return 'grilled'\n"
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with speaking("en"):
        report = check_notebook(path)
    task = report.verdict.tasks[0]
    assert task.state.value == "wrong"  # what programs read is the same in every language
    assert task.diagnosis == "blocking-inside-async-def"
    assert "mal, 0 de 2 puntos" in str(report)
    quoted = "línea 5 de wait_for_the_grill: time.sleep(1.0)"
    assert task.seen == f"El bucle estuvo parado 1 s en la {quoted}\nMientras tanto no podía ejecutarse nada más."
    assert task.to_try.startswith("`async def` es la promesa de hacer una pausa")
    assert "lo tuyo" in task.timelines
    assert "el bucle está retenido" in task.timelines
    assert "<code>time.sleep(1.0)</code>" in report.verdict._repr_html_()


def test_a_right_answer_is_told_so():
    import asyncio

    async def wait_for_the_grill():
        await asyncio.sleep(1)
        return "grilled"

    assert "✓ e00.1 Espera, y deja que el reloj haga tic: bien, 2 de 2 puntos" in str(
        check("e00.1", namespace={"wait_for_the_grill": wait_for_the_grill})
    )


def test_a_spanish_notebook_is_judged_in_spanish_at_a_terminal_in_english():
    with speaking("en"):
        report = check_notebook(course_folder() / "practice" / "es" / "e00_start.ipynb")
        assert "e00 Empieza aquí: sin empezar, 0 de 6 puntos" in str(report)
        assert {task.state.value for task in report.verdict.tasks} == {"unattempted"}
        assert "La celda de este apartado está como la encontraste." in str(report)


def test_hints_solutions_and_progress_are_in_spanish(tmp_path: Path):
    card = str(hint("e00.1"))
    assert card.startswith("e00.1 Espera, y deja que el reloj haga tic: pista 1 de 3")
    assert "1. ¿Cuántos de sus cien tics le tocan ahora al reloj?" in card
    assert "`fwlab hint e00.1`" in hint("e00.1").at_a_terminal()
    assert 'todavía no está bien; `hint("e00.1")` tiene 1 pista más para ti.' in str(solution("e00.1"))
    table = str(progress())
    assert "◐ en marcha" in table
    assert "Cuestionario: Con prisa" in table


def test_a_notebook_that_is_reset_has_the_starter_and_is_told_so(tmp_path: Path):
    path = tmp_path / "e00_start.ipynb"
    shutil.copy(course_folder() / "practice" / "es" / "e00_start.ipynb", path)
    told = str(reset("e00.1", notebook=path))
    assert "empezado de nuevo" in told
    assert "No había en él ninguna respuesta que guardar." in told


def test_a_quiz_asks_and_replies_in_spanish():
    asked = quiz("q01", plain=False)
    assert str(asked).startswith("Cuestionario q01: Con prisa")
    assert "(más de una)" in str(asked)
    reply = asked.answer(1, "b")
    assert str(reply).startswith("✗ Todavía no. Prueba otra vez.\n  b) mal: El controlador retendría el bucle")


def test_the_widget_has_its_words_in_spanish():
    from fwlab.grading.questions.widget import SheetWidget

    assert SheetWidget.of(quiz("q00", plain=False)).sheet["words"]["answer"] == "Responder"


def test_the_english_notebooks_of_learners_stay_english():
    built = json.loads(learners_notebook(exercise_notebooks()["e00"]))
    assert built["metadata"]["fwlab"]["title"] == "Start here"


def test_an_exercise_that_nobody_has_translated_is_asked_in_english_and_judged_in_spanish():
    verdict = check("e02", namespace={})
    assert verdict.title == "Waiting"
    assert "La celda de este apartado no se ha ejecutado, o está vacía." in str(verdict)
