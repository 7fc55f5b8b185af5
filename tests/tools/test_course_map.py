"""tools/course_map.py: the map shows every chapter, once, and leads to it."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from course_map import course_map, description

ROOT = Path(__file__).resolve().parents[2]
INDEX = (ROOT / "notebooks" / "course.json").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"


def chapter(number: str, title: str, needs: list[str]) -> dict[str, object]:
    notebook = f"notebooks/{number}_name.ipynb"
    return {"number": number, "title": title, "minutes": 30, "notebook": notebook, "needs": needs}


def index_of(*chapters: dict[str, object]) -> str:
    return json.dumps({"chapters": chapters})


SMALL = index_of(chapter("00", "Start", []), chapter("01", "Bread & <butter>", ["00"]))


def test_what_is_committed_is_made_of_the_index():
    assert (ROOT / "docs" / "course-map.svg").read_text(encoding="utf-8") == course_map(INDEX)


def test_each_card_leads_to_a_chapter_that_is_there():
    links = [link.attrib["href"] for link in ElementTree.fromstring(course_map(INDEX)).iter(f"{SVG}a")]
    assert links == [f"../{one['notebook']}" for one in json.loads(INDEX)["chapters"]]
    assert all((ROOT / "docs" / link).is_file() for link in links)


def test_it_says_in_words_what_it_shows():
    drawn = ElementTree.fromstring(course_map(SMALL))
    assert drawn.findtext(f"{SVG}title") == "The map of the course"
    assert drawn.findtext(f"{SVG}desc") == description(json.loads(SMALL)["chapters"])
    assert description(json.loads(SMALL)["chapters"]).endswith("0, Start; 1, Bread & <butter> (needs 0).")


def test_a_card_has_the_title_the_minutes_and_what_it_needs():
    _, card = ElementTree.fromstring(course_map(SMALL)).iter(f"{SVG}a")
    assert [text.text for text in card.iter(f"{SVG}text")] == ["1", "30 min", "Bread & <butter>", "needs 0"]


@pytest.mark.parametrize("count", [1, 4, 5, 17])
def test_no_card_lies_on_another_and_all_are_inside(count: int):
    drawn = ElementTree.fromstring(course_map(index_of(*(chapter(f"{n:02}", "A title", []) for n in range(count)))))
    _, _, width, height = map(float, drawn.attrib["viewBox"].split())
    cards = [[float(rect.attrib[name]) for name in ("x", "y", "width", "height")] for rect in drawn.iter(f"{SVG}rect")]
    assert len(cards) == count
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in cards)
    for (x, y, w, h), (x2, y2, _, _) in combinations(cards, 2):
        assert abs(x - x2) >= w or abs(y - y2) >= h


def test_a_way_leads_to_every_card_but_the_first():
    drawn = ElementTree.fromstring(course_map(INDEX))
    ways = [path for path in drawn.iter(f"{SVG}path") if "marker-end" in path.attrib]
    assert len(ways) == len(json.loads(INDEX)["chapters"]) - 1


def test_every_title_has_room_on_its_card():
    for card in ElementTree.fromstring(course_map(INDEX)).iter(f"{SVG}a"):
        title = [text for text in card.iter(f"{SVG}text") if text.attrib["font-size"] == "14"]
        assert 1 <= len(title) <= 2
        assert all(len(line.text or "") <= 17 for line in title)
