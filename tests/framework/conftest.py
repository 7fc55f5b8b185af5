"""What the framework's tests share: each test that runs an app runs it on asyncio and on trio."""

from __future__ import annotations

import pytest
from hypothesis import settings

from fwlab.testclient import TestClient

settings.register_profile("any machine", deadline=None)  # a busy one may take its time
settings.load_profile("any machine")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
def client_of(anyio_backend):
    """A function that makes a client of an app, on either kind of event loop."""

    def client_of(app, **options):
        return TestClient(app, backend=anyio_backend, **options)

    return client_of
