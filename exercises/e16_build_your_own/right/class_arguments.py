# task: e16.2
import inspect
from urllib.parse import parse_qs

from fwlab.responses import JSONResponse


class Endpoint:
    """By hand: every annotation is a type that can be called with the text."""

    def __init__(self, function):
        self.function = function
        self.parameters = inspect.signature(function, eval_str=True).parameters

    async def __call__(self, scope, receive, send):
        values, wrong = self.read(scope)
        if wrong:
            answer = JSONResponse({"detail": wrong}, status_code=422)
        else:
            answer = JSONResponse(await self.function(**values))
        await answer(scope, receive, send)

    def read(self, scope):
        query = {name: texts[-1] for name, texts in parse_qs(scope["query_string"].decode()).items()}
        values, wrong = {}, []
        for name, parameter in self.parameters.items():
            place = "path" if name in scope["path_params"] else "query"
            texts = scope["path_params"] if place == "path" else query
            if name not in texts:
                if parameter.default is parameter.empty:
                    wrong.append({"loc": [place, name], "msg": "It is missing."})
                continue
            try:
                values[name] = parameter.annotation(texts[name])
            except ValueError:
                wrong.append({"loc": [place, name], "msg": f"{texts[name]!r} is no {parameter.annotation.__name__}."})
        return values, wrong


def endpoint(function):
    return Endpoint(function)
