"""What a learner is told outside of a verdict: a heading, a few lines, perhaps some code. A notebook displays it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

# JupyterLab would break a long line in the middle of a word; here it is scrolled to, by keyboard too.
_CODE = 'tabindex="0" style="white-space: pre; overflow-x: auto"'


@dataclass(frozen=True, repr=False)
class Card:
    """Something to read.

    Attributes:
        heading: what it is about.
        lines: paragraphs; what stands between backticks is code.
        code: programs, by what each is.

    Example:
        >>> print(Card("e01.1 Hint 1 of 3", ("Look at the line with the `@`.",)))
        e01.1 Hint 1 of 3
          Look at the line with the `@`.
    """

    heading: str
    lines: tuple[str, ...] = ()
    code: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        said = [self.heading, *(f"  {line}".replace("\n", "\n  ") for line in self.lines)]
        for name, program in self.code:
            said += ["", f"# {name}", program.rstrip()]
        return "\n".join(said)

    __repr__ = __str__

    def at_a_terminal(self) -> str:
        """Return it as text in which calls are commands.

        Example:
            >>> print(Card("Stuck?", ('`hint("e01.1")`, or `solution("e01", insist=True)`',)).at_a_terminal())
            Stuck?
              `fwlab hint e01.1`, or `fwlab solution e01 --insist`
        """
        text = re.sub(r'`(\w+)\("([\w.]+)"\)`', r"`fwlab \1 \2`", str(self))
        text = re.sub(r'`(\w+)\("([\w.]+)", insist=True\)`', r"`fwlab \1 \2 --insist`", text)
        return text.replace("`insist=True`", "`--insist`")

    def _repr_html_(self) -> str:
        lines = "".join(f'<p style="white-space: pre-line">{with_code(line)}</p>' for line in self.lines)
        code = "".join(
            f"<p><strong>{escape(name)}</strong></p><pre {_CODE}><code>{escape(program.rstrip())}</code></pre>"
            for name, program in self.code
        )
        heading = escape(self.heading)
        return f'<section aria-label="{heading}"><p><strong>{heading}</strong></p>{lines}{code}</section>'


def with_code(text: str) -> str:
    """Return the text as HTML: what stands between backticks as code, and between asterisks with emphasis.

    Example:
        >>> with_code("a < b, `c ** 2 * d`, *e* and **f**")
        'a &lt; b, <code>c ** 2 * d</code>, <em>e</em> and <strong>f</strong>'
    """
    parts = re.split("`([^`\n]+)`", escape(text))
    for place, part in enumerate(parts):
        if place % 2:
            parts[place] = f"<code>{part}</code>"
        else:
            strong = re.sub(r"\*\*([^*\n]+)\*\*", r"<strong>\1</strong>", part)
            parts[place] = re.sub(r"\*([^*\n]+)\*", r"<em>\1</em>", strong)
    return "".join(parts)
