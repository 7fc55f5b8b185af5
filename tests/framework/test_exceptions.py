"""The exceptions themselves: what they are, and what they say."""

import pytest

from fwlab import DefinitionError, FwlabError, HTTPException
from fwlab.exceptions import RequestValidationError, ResponseValidationError, ValidationException

ERRORS = [
    {"type": "missing", "loc": ("query", "x"), "msg": "Field required", "input": None},
    {"type": "missing", "loc": ("body", 1), "msg": "Field required", "input": None},
]


def test_the_tree():
    assert issubclass(DefinitionError, FwlabError)
    assert not issubclass(HTTPException, FwlabError)
    assert issubclass(RequestValidationError, ValidationException)
    assert issubclass(ResponseValidationError, ValidationException)


def test_an_http_exception_has_the_phrase_of_its_status_when_no_detail_is_given():
    assert HTTPException(404).detail == "Not Found"
    assert str(HTTPException(404)) == "404: Not Found"
    assert HTTPException(404, "").detail == ""
    assert HTTPException(status_code=400, detail={"a": 1}, headers={"x-a": "b"}).headers == {"x-a": "b"}


def test_a_status_that_http_lacks_has_no_phrase():
    with pytest.raises(ValueError, match="299"):
        HTTPException(299)
    assert HTTPException(299, "odd").detail == "odd"


def test_a_validation_exception_lists_its_errors():
    error = RequestValidationError(ERRORS, body={"a": 1})
    assert (error.errors(), error.body) == (ERRORS, {"a": 1})
    assert str(error) == "2 validation errors:\n  ('query', 'x'): Field required\n  ('body', 1): Field required"
    assert str(RequestValidationError(ERRORS[:1])) == "1 validation error:\n  ('query', 'x'): Field required"


def test_a_response_validation_error_names_the_handler():
    error = ResponseValidationError(ERRORS[:1], handler="handler 'x'")
    assert str(error).startswith("handler 'x' returned what its response model does not allow; 1 validation error:\n")
