# task: e16.2
# diagnosis: still-text
import inspect
from urllib.parse import parse_qsl

from pydantic import TypeAdapter, ValidationError

from fwlab.responses import JSONResponse


def endpoint(function):
    parameters = inspect.signature(function, eval_str=True).parameters.values()

    async def application(scope, receive, send):
        query = dict(parse_qsl(scope["query_string"].decode()))
        values, wrong = {}, []
        for one in parameters:
            place = "path" if one.name in scope["path_params"] else "query"
            text = (scope["path_params"] | query).get(one.name, one.default)
            if text is one.empty:
                wrong.append({"loc": [place, one.name], "msg": "Field required"})
                continue
            try:
                values[one.name] = text
            except ValidationError as error:
                wrong.append({"loc": [place, one.name], "msg": error.errors()[0]["msg"]})
        if wrong:
            return await JSONResponse({"detail": wrong}, 422)(scope, receive, send)
        await JSONResponse(await function(**values))(scope, receive, send)

    return application
