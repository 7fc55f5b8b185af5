"""requirements.lock: exact, hashed, free of addresses, and up to date with pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

ENTRY = re.compile(r"^(?P<name>[a-z0-9.-]+)(\[[a-z,]+\])?==(?P<version>[^ ]+)(?P<marker> ; [^\\]+)? \\$")


def entries() -> dict[str, str]:
    """Every entry of the lock: the first line, and the lines that belong to it."""
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK.split("\n", 2)[2])
    return {block.split("\n", 1)[0]: block for block in blocks}


def test_every_entry_is_one_exact_version_with_hashes() -> None:
    assert len(entries()) > 100
    for first, block in entries().items():
        assert ENTRY.match(first), first
        assert re.search(r"^    --hash=sha256:[0-9a-f]{64}", block, re.MULTILINE), first


def test_it_names_no_address() -> None:
    assert "://" not in LOCK
    assert " @ " not in LOCK
    assert not re.search(r"^\s*--?(?!hash)[a-z]", LOCK, re.MULTILINE), "an option such as --index-url"


@pytest.mark.parametrize(
    "wanted",
    [
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["build-system"]["requires"],
    ],
)
def test_it_holds_what_the_project_asks_for(wanted: str) -> None:
    requirement = Requirement(wanted)
    name = canonicalize_name(requirement.name)
    versions = [found["version"] for first in entries() if (found := ENTRY.match(first)) and found["name"] == name]
    assert versions, f"{name} is not in the lock; `make lock` solves it anew"
    assert all(requirement.specifier.contains(version) for version in versions)


def test_a_lock_that_names_addresses_is_kept_out_of_git() -> None:
    assert "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
