# task: e16.2
# diagnosis: what-nobody-asked-for
# state: partly done
import inspect
from urllib.parse import parse_qsl

from pydantic import TypeAdapter, ValidationError

from fwlab.responses import JSONResponse


def endpoint(function):
    parameters = inspect.signature(function, eval_str=True).parameters

    async def application(scope, receive, send):
        given = dict(parse_qsl(scope["query_string"].decode())) | scope["path_params"]
        values, wrong = {}, []
        for name, text in given.items():
            place = "path" if name in scope["path_params"] else "query"
            try:
                values[name] = TypeAdapter(parameters[name].annotation).validate_python(text)
            except ValidationError as error:
                wrong.append({"loc": [place, name], "msg": error.errors()[0]["msg"]})
        for name, parameter in parameters.items():
            if name not in given and parameter.default is parameter.empty:
                wrong.append({"loc": ["query", name], "msg": "Field required"})
        if wrong:
            return await JSONResponse({"detail": wrong}, 422)(scope, receive, send)
        await JSONResponse(await function(**values))(scope, receive, send)

    return application
