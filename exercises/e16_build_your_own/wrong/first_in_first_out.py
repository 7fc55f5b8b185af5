# task: e16.4
# diagnosis: cleaned-up-in-the-wrong-order
# state: partly done
import inspect


async def resolved(function):
    begun = []
    try:
        return await result_of(function, {}, begun)
    finally:
        for generator in begun:
            await generator.aclose()


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
