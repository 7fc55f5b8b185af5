"""A large app answers what schemathesis makes of its description: nothing is a 500, and no answer is undocumented.

The requests are the same in each run. Half of them are as the description allows, the others break it in some place.
"""

import pytest
from hypothesis import HealthCheck, given, settings

from .large_app import app

OPERATIONS = [(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods]
NEVER_WRONG = {"/menu/files/{path}", "/bodies/anything", "/bodies/raw", "/secured/eat", "/answers/away"}
COOK = {"Authorization": "Bearer cook"}
SIGNED_IN = {"/secured/eat": COOK, "/secured/cook": COOK}  # schemathesis makes no tokens of OAuth2


so_many = pytest.mark.parametrize("examples", [10, pytest.param(100, marks=pytest.mark.exhaustive)])


@pytest.fixture(scope="module")
def described():
    import schemathesis  # here, for it takes a second

    return schemathesis.openapi.from_asgi("/openapi.json", app)


def ask(operation, mode, headers, examples):
    """Send an operation so many examples, hold each answer against the description, and return the statuses."""
    from schemathesis import GenerationMode, checks

    held = [
        checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]
    statuses = []

    @settings(max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=HealthCheck)
    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode), headers=headers))
    def answers(case):
        response = case.call()
        statuses.append(response.status_code)
        case.validate_response(response, checks=held)

    answers()
    return statuses


@so_many
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_requests_as_the_description_allows_are_answered(described, method, path, examples):
    statuses = ask(described[path][method], "positive", SIGNED_IN.get(path), examples)
    assert any(status < 400 for status in statuses)


@so_many
@pytest.mark.parametrize(("method", "path"), [each for each in OPERATIONS if each[1] not in NEVER_WRONG])
def test_requests_that_break_the_description_are_answered(described, method, path, examples):
    ask(described[path][method], "negative", SIGNED_IN.get(path), examples)
