# task: e10.1
# diagnosis: it-goes-where-its-handler-goes
# state: partly done
lanes = {
    "def, a dependency of an async def handler": "thread",
    "async def, a dependency of a def handler": "thread",
    "def, a dependency of an async def dependency": "thread",
    "def, called by an async def handler": "loop",
    "def, called by a def dependency": "thread",
    "async def, a dependency with yield: what stands after the yield, of a def handler": "thread",
    "a class, Depends(Page), of an async def handler: its __init__": "thread",
}
