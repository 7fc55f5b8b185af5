# task: e10.1
# diagnosis: a-class-is-no-function
# state: partly done
lanes = {
    "def, a dependency of an async def handler": "thread",
    "async def, a dependency of a def handler": "loop",
    "def, a dependency of an async def dependency": "thread",
    "def, called by an async def handler": "loop",
    "def, called by a def dependency": "thread",
    "async def, a dependency with yield: what stands after the yield, of a def handler": "loop",
    "a class, Depends(Page), of an async def handler: its __init__": "loop",
}
