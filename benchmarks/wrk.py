"""The driver where it is installed: wrk, which costs a third of what a Python client does."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.served import Load, ServerError

if TYPE_CHECKING:
    from benchmarks.cases import Case


def installed() -> bool:
    """Tell whether wrk is on the PATH."""
    return shutil.which("wrk") is not None


def drive(port: int, case: Case, *, connections: int, seconds: float) -> Load:
    """Send requests for so many seconds, whole ones and at least one.

    Raises:
        ServerError: a request failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "request.lua")
        script.write_text(_script(case), encoding="utf-8")
        duration = max(1, round(seconds))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{duration}s", "-s", str(script), f"http://127.0.0.1:{port}"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=duration + 30, check=False)
    return parse(run.stdout, run.stderr)


def parse(output: str, errors: str = "") -> Load:
    """Read wrk's report.

    Raises:
        ServerError: it reports failures, or nothing.
    """
    failed = re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*[1-9].*", output)
    rate = re.search(r"Requests/sec: +([\d.]+)", output)
    requests = re.search(r"(\d+) requests in", output)
    if failed or not rate or not requests or requests[1] == "0":
        raise ServerError(f"wrk: {failed.group() if failed else errors.strip() or output.strip() or 'no report'}")
    return Load(int(requests[1]), float(rate[1]))


def _script(case: Case) -> str:
    lines = [f'wrk.method = "{case.method}"', f'wrk.path = "{case.target}"']
    if case.body:
        lines += [f"wrk.body = [[{case.body.decode()}]]", 'wrk.headers["content-type"] = "application/json"']
    return "\n".join(lines)
