"""The panel belongs to a notebook's kernel, whose loop is asyncio's."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
