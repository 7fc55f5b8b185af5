"""FastAPI's words for a value that does not fit, which the tests of validation expect."""


def missing(*loc, value=None):
    return {"type": "missing", "loc": list(loc), "msg": "Field required", "input": value}


def not_an_int(value, *loc):
    message = "Input should be a valid integer, unable to parse string as an integer"
    return {"type": "int_parsing", "loc": list(loc), "msg": message, "input": value}


def not_a_model(value, *loc):
    message = "Input should be a valid dictionary or object to extract fields from"
    return {"type": "model_attributes_type", "loc": list(loc), "msg": message, "input": value}


def refusal_of(app, client_of, method, url, **options):
    response = client_of(app).request(method, url, **options)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/json")
    answer = response.json()
    assert list(answer) == ["detail"]
    return answer["detail"]
