"""The house: each floor imports only from its own or from below, and the ground floor needs little."""

import ast
import doctest
import importlib
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

import fwlab

ROOT = Path(fwlab.__file__).parent
FLOORS = ["framework", "lab", "course", "grading", "jupyter", "cli"]
FRAMEWORK_PACKAGES = {"openapi", "security", "middleware"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(ROOT.rglob("*.py")) if "node_modules" not in path.parts}


def floor_of(module: str) -> int:
    room = module.split(".")[1:2]
    if room in (["cli"], ["__main__"]):
        return FLOORS.index("cli")
    if room and (ROOT / room[0]).is_dir() and room[0] not in FRAMEWORK_PACKAGES:
        return FLOORS.index(room[0])
    return FLOORS.index("framework")


def imports_of(path: Path, *, when_loaded: bool = False) -> set[str]:
    """Return the modules that a file imports, anywhere in it or only while it is loaded itself."""
    found: set[str] = set()

    def visit(node):
        later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        never = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if when_loaded and (later or never):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively; the other files name the whole path"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(name if name in MODULES else str(node.module) for name in whole)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text()))
    return found


@pytest.mark.parametrize("module", MODULES)
def test_a_floor_imports_only_from_itself_and_from_below(module):
    above = {
        name for name in imports_of(MODULES[module]) if name.startswith("fwlab") and floor_of(name) > floor_of(module)
    }
    assert not above, f"{module} is on the floor {FLOORS[floor_of(module)]!r} and imports from above: {above}"


def test_no_import_leads_back_to_where_it_began():
    imports = {
        module: {name for name in imports_of(path, when_loaded=True) if name in MODULES}
        for module, path in MODULES.items()
    }
    finished: set[str] = set()

    def follow(module, way):
        assert module not in way, " -> ".join([*way[way.index(module) :], module])
        if module not in finished:
            for name in sorted(imports[module]):
                follow(name, [*way, module])
            finished.add(module)

    for module in MODULES:
        follow(module, [])


def lines_of_code(path: Path) -> set[int]:
    """Return the numbers of the lines that say something to Python: no blank ones, no comments, no docstrings."""
    tree = ast.parse(path.read_text())
    told = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    with path.open("rb") as file:
        silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
        tokens = [
            token for token in tokenize.tokenize(file.readline) if token.type not in (*silent, tokenize.ENDMARKER)
        ]
    said = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    return said - told


def test_every_file_is_named_for_its_one_idea():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "base", "core"}
    fastapis_own = {ROOT / "security" / "base.py"}
    assert not [path for path in MODULES.values() if path.stem.strip("_") in vague and path not in fastapis_own]
    for path in MODULES.values():
        assert len(lines_of_code(path)) <= 420, f"{path} is too long for one idea"


def test_every_file_says_what_it_is_for():
    for path in MODULES.values():
        assert ast.get_docstring(ast.parse(path.read_text())), f"{path} opens with no word about itself"


FRAMEWORK = [name for name in MODULES if floor_of(name) == 0]


# What a part of the framework needs beside: loaded by those who use it, and by nothing else.
OPTIONAL = {
    "fwlab.formparsers": {"python_multipart"},
    "fwlab.concurrency": {"cloudpickle"},
    "fwlab.middleware.sessions": {"itsdangerous"},
    "fwlab.middleware.wsgi": {"a2wsgi"},
    "fwlab.templating": {"jinja2"},
    "fwlab.testclient": {"httpx", "trio"},
}
OPTIONAL_PACKAGES = set().union(*OPTIONAL.values())


@pytest.mark.parametrize("module", FRAMEWORK)
def test_the_framework_needs_anyio_and_pydantic_only(module):
    allowed = {"fwlab", "anyio", "pydantic", "pydantic_core", "typing_extensions"} | OPTIONAL.get(module, set())
    others = {name.partition(".")[0] for name in imports_of(MODULES[module])} - allowed
    assert others <= sys.stdlib_module_names


def loaded_by(statement):
    script = (
        f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}), *sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


def test_what_only_a_part_needs_is_loaded_only_by_that_part():
    parts = [f"import {module}" for module in FRAMEWORK if module not in {*OPTIONAL, "fwlab.__main__"}]
    assert not OPTIONAL_PACKAGES & loaded_by("; ".join(parts))
    for module, packages in OPTIONAL.items():
        assert OPTIONAL_PACKAGES & loaded_by(f"import {module}") <= packages


def test_importing_the_framework_loads_only_the_framework():
    loaded = loaded_by("import fwlab")
    assert {"fwlab", "pydantic", "anyio"} <= loaded
    servers_and_others = {"uvicorn", "h11", "matplotlib", "IPython", "trio", "jupyterlab", "typer"}
    assert not (servers_and_others | OPTIONAL_PACKAGES) & loaded
    assert not [name for name in loaded if name.startswith("fwlab.") and floor_of(name) > 0]


@pytest.mark.parametrize("module", [module for module in MODULES if not module.endswith("__main__")])
def test_the_examples_in_docstrings_run(module):
    results = doctest.testmod(importlib.import_module(module))
    assert results.failed == 0


def test_there_are_examples():
    examples = [
        example
        for module in FRAMEWORK
        for test in doctest.DocTestFinder().find(importlib.import_module(module))
        for example in test.examples
    ]
    assert len(examples) > 30


def test_the_public_names_are_there():
    assert len(set(fwlab.__all__)) == len(fwlab.__all__)
    for name in fwlab.__all__:
        assert hasattr(fwlab, name)
