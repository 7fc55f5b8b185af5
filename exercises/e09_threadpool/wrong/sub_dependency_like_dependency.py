# task: e09.1
# diagnosis: a-sub-dependency-goes-by-who-asked
# state: partly done
runs_in = {
    "a handler, async def": "loop",
    "a handler, def": "thread",
    "a dependency, def, of an async def handler": "thread",
    "a sub-dependency, async def, of a def dependency": "thread",
    "a helper, def, called by an async def handler": "loop",
    "a helper, def, called by a def handler": "thread",
}
