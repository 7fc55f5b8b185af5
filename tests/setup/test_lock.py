"""The locks: exact, hashed, free of addresses, and up to date with what asks for them."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {name: (ROOT / name).read_text("utf-8") for name in ("requirements.lock", "tests/conformance/requirements.txt")}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

ENTRY = re.compile(r"^(?P<name>[a-z0-9.-]+)(\[[a-z,]+\])?==(?P<version>[^ ]+)(?P<marker> ; [^\\]+)? \\$")


def entries(lock: str) -> dict[str, str]:
    """Every entry of a lock: the first line, and the lines that belong to it."""
    blocks = re.split(r"\n(?=[a-z0-9])", LOCKS[lock].split("\n", 2)[2])
    return {block.split("\n", 1)[0]: block for block in blocks}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_one_exact_version_with_hashes(lock: str) -> None:
    assert len(entries(lock)) > 50
    for first, block in entries(lock).items():
        assert ENTRY.match(first), first
        assert re.search(r"^    --hash=sha256:[0-9a-f]{64}", block, re.MULTILINE), first


@pytest.mark.parametrize("lock", LOCKS)
def test_it_names_no_address(lock: str) -> None:
    assert "://" not in LOCKS[lock]
    assert " @ " not in LOCKS[lock]
    assert not re.search(r"^\s*--?(?!hash)[a-z]", LOCKS[lock], re.MULTILINE), "an option such as --index-url"


def asked_for() -> list[tuple[str, str]]:
    """Each requirement, with the lock that has to hold it."""
    project = (
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["build-system"]["requires"],
    )
    suite = (ROOT / "tests/conformance/requirements.in").read_text(encoding="utf-8").splitlines()
    return [
        *(("requirements.lock", wanted) for wanted in project),
        *(("tests/conformance/requirements.txt", wanted) for wanted in suite if not wanted.startswith("#")),
    ]


@pytest.mark.parametrize(("lock", "wanted"), asked_for())
def test_it_holds_what_is_asked_for(lock: str, wanted: str) -> None:
    requirement = Requirement(wanted)
    name = canonicalize_name(requirement.name)
    versions = [found["version"] for first in entries(lock) if (found := ENTRY.match(first)) and found["name"] == name]
    assert versions, f"{name} is not in {lock}; `make lock` solves it anew"
    assert all(requirement.specifier.contains(version) for version in versions)


def test_a_lock_that_names_addresses_is_kept_out_of_git() -> None:
    assert "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
