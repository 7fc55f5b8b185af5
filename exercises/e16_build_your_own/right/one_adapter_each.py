# task: e16.2
import typing
from inspect import signature
from urllib.parse import parse_qsl

from pydantic import TypeAdapter, ValidationError

from fwlab.responses import JSONResponse


def endpoint(function):
    hints = typing.get_type_hints(function)
    readers = {}
    for name, parameter in signature(function).parameters.items():
        readers[name] = TypeAdapter(hints[name]), parameter.default is parameter.empty

    def read(scope):
        query = dict(parse_qsl(scope["query_string"].decode()))
        for name, (adapter, required) in readers.items():
            place = "path" if name in scope["path_params"] else "query"
            text = scope["path_params"].get(name) if place == "path" else query.get(name)
            if text is None:
                if required:
                    yield name, None, {"loc": [place, name], "msg": "Field required"}
                continue
            try:
                yield name, adapter.validate_python(text), None
            except ValidationError as error:
                yield name, None, {"loc": [place, name], "msg": error.errors()[0]["msg"]}

    async def application(scope, receive, send):
        arguments = list(read(scope))
        wrong = [error for _, _, error in arguments if error]
        if wrong:
            return await JSONResponse({"detail": wrong}, 422)(scope, receive, send)
        result = await function(**{name: value for name, value, _ in arguments})
        await JSONResponse(result)(scope, receive, send)

    return application
