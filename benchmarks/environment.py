"""The environment of the suite, ``.venv-bench``: what fwlab needs, at the lock's versions, and the peers.

``make bench`` runs this first. A peer that cannot be installed is left out with a word, and tried again the next time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_VENV = _ROOT / ".venv-bench"
_STATE = _VENV / "fwlab-setup"  # what the environment was made from, once it is complete


def main() -> int:
    """Bring the environment up to date, and return the exit status."""
    if _STATE.exists() and _STATE.read_text(encoding="utf-8") == _recipe():
        return 0
    _say("making .venv-bench with fwlab's peers; the first time takes a minute or two")
    if _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(_VENV)):
        return 1
    if _install("--requirements", "pyproject.toml", "--group", "bench"):
        _STATE.write_text(_recipe(), encoding="utf-8")
        return 0
    _say("not all peers can be installed together, so each is tried on its own")
    if not _install("--requirements", "pyproject.toml"):
        return 1
    for peer in _peers():
        if not _install(peer):
            _say(f"{peer} cannot be installed, and is left out")
    return 0


def _peers() -> list[str]:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["dependency-groups"]["bench"])


def _install(*what: str) -> bool:
    python = _VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
    return not _uv("pip", "install", "--quiet", "--python", str(python), "--constraint", "requirements.lock", *what)


def _uv(*arguments: str) -> int:
    beside = str(Path(sys.executable).parent)
    uv = shutil.which("uv", path=beside) or shutil.which("uv")
    if uv is None:
        _say("there is no uv; `make environment` installs it")
        return 1
    surroundings = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    return subprocess.run([uv, *arguments], cwd=_ROOT, env=surroundings, check=False).returncode


def _recipe() -> str:
    files = (_ROOT / "pyproject.toml", _ROOT / "requirements.lock", Path(__file__))
    return hashlib.sha256(sys.version.encode() + b"".join(file.read_bytes() for file in files)).hexdigest()


def _say(text: str) -> None:
    print(f"fwlab: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
