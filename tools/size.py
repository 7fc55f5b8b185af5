"""Counts the framework's lines of code and holds them: all of it is read in an evening, and a file in one sitting.

The framework is what stands directly in ``fwlab/``, except the command, and the packages on its floor. A line counts
when there is code on it: blank lines, comments and docstrings do not.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("middleware", "openapi", "security")
ABOVE = ("__main__.py", "cli.py")  # the command stands on the top floor
LIMIT = 4_000  # all of it has fewer lines
FILE_LIMIT = 500  # and no file has more

_WITHOUT_CODE = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)


def code_lines(source: str) -> int:
    """Return how many lines of a module have code on them."""
    text = source.splitlines()
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _WITHOUT_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return sum(bool(text[line - 1].strip()) for line in lines - _docstring_lines(ast.parse(source)))


def _docstring_lines(module: ast.Module) -> set[int]:
    """The lines of strings that stand for themselves: docstrings, and those below an attribute that they describe."""
    return {
        line
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def framework(package: Path) -> list[Path]:
    """Return the framework's files, given the folder of the package fwlab."""
    files = [path for path in package.glob("*.py") if path.name not in ABOVE]
    return sorted(files) + sorted(path for name in PACKAGES for path in (package / name).rglob("*.py"))


def sizes(package: Path) -> dict[str, int]:
    """Return the lines of code of each of the framework's files."""
    return {
        path.relative_to(package.parent).as_posix(): code_lines(path.read_text(encoding="utf-8"))
        for path in framework(package)
    }


def too_large(counted: dict[str, int]) -> list[str]:
    """Return a sentence for each limit that is not kept."""
    sentences = [
        f"{file} has {lines} lines of code; {FILE_LIMIT} are allowed"
        for file, lines in counted.items()
        if lines > FILE_LIMIT
    ]
    if (total := sum(counted.values())) >= LIMIT:
        sentences.append(f"the framework has {total} lines of code; it must stay under {LIMIT}")
    return sentences


def main() -> int:
    """Print each file's lines and the sum; return the exit status."""
    counted = sizes(ROOT / "fwlab")
    for file, lines in counted.items():
        print(f"{lines:6}  {file}")
    print(f"{sum(counted.values()):6}  in {len(counted)} files (limit: under {LIMIT}, a file at most {FILE_LIMIT})")
    wrong = too_large(counted)
    print(*(f"size: {sentence}" for sentence in wrong), sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
