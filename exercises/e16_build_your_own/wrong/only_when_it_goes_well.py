# task: e16.4
# diagnosis: not-when-it-raises
# state: partly done
import inspect

KEPT = []  # so that nobody throws them away


async def resolved(function):
    begun = []
    KEPT.append(begun)
    result = await result_of(function, {}, begun)
    for generator in reversed(begun):
        await generator.aclose()
    return result


async def result_of(function, known, begun):
    values = {}
    for name, argument in inspect.signature(function).parameters.items():
        needed = argument.default.dependency
        if needed not in known:
            known[needed] = await result_of(needed, known, begun)
        values[name] = known[needed]
    if inspect.isasyncgenfunction(function):
        begun.append(function(**values))
        return await anext(begun[-1])
    return await function(**values)
