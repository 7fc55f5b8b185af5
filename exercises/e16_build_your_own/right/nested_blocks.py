# task: e16.4
from contextlib import asynccontextmanager
from inspect import isasyncgenfunction, signature


def needs_of(function):
    return {name: argument.default.dependency for name, argument in signature(function).parameters.items()}


def in_order(function, seen=()):
    """All that is needed, each after what it needs itself."""
    for needed in needs_of(function).values():
        seen = in_order(needed, seen)
    return seen if function in seen else (*seen, function)


async def run(steps, results):
    """The first step, and inside of its block the others."""
    step, *others = steps
    values = {name: results[needed] for name, needed in needs_of(step).items()}
    if isasyncgenfunction(step):
        async with asynccontextmanager(step)(**values) as result:
            return await run(others, results | {step: result})
    result = await step(**values)
    return await run(others, results | {step: result}) if others else result


async def resolved(function):
    return await run(in_order(function), {})
