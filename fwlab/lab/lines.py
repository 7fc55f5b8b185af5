"""How a text for the learner quotes a line of code, and how such a quotation is found in it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from fwlab.places import Place


def quoted_line(number: int, code: str) -> str:
    """Quote a line.

    Example:
        >>> quoted_line(3, "time.sleep(1)")
        'line 3: time.sleep(1)'
    """
    return gettext("line {line}: {code}", line=number, code=code)


def quoted_place(place: Place) -> str:
    """Quote the line of a place, with the function that it is in.

    Example:
        >>> from fwlab.places import Place
        >>> quoted_place(Place("<a cell>", 3, "stock"))
        'line 3 of stock: '
    """
    return gettext("line {line} of {function}: {code}", line=place.line, function=place.function, code=place.text)


def before_a_quotation() -> str:
    """Return a regular expression for what stands before the code of a quoted line.

    Example:
        >>> re.findall(before_a_quotation(), "The loop stood still in line 3 of stock: time.sleep(1)")
        ['line 3 of stock: ']
    """
    forms = (gettext("line {line} of {function}: {code}"), gettext("line {line}: {code}"))
    heads = (re.escape(form.partition("{code}")[0]) for form in forms)
    return "|".join(head.replace(r"\{line\}", r"\d+").replace(r"\{function\}", r"[^:\n]+") for head in heads)
