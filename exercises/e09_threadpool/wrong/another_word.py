# task: e09.1
# diagnosis: another-word
runs_in = {
    "a handler, async def": "loop",
    "a handler, def": "process",
    "a dependency, def, of an async def handler": "thread",
    "a sub-dependency, async def, of a def dependency": "loop",
    "a helper, def, called by an async def handler": "loop",
    "a helper, def, called by a def handler": "thread",
}
