# task: e16.4
# diagnosis: never-cleaned-up
import inspect

KEPT = []  # so that nobody throws them away


async def resolved(function, known=None):
    known = {} if known is None else known
    values = {}
    for name, argument in inspect.signature(function).parameters.items():
        needed = argument.default.dependency
        if needed not in known:
            known[needed] = await resolved(needed, known)
        values[name] = known[needed]
    if inspect.isasyncgenfunction(function):
        KEPT.append(function(**values))
        return await anext(KEPT[-1])
    return await function(**values)
