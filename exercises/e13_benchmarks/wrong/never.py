# task: e13.4
# diagnosis: never-different
# state: partly done
from fwlab.lab import compare


async def verdict(a, b):
    await compare(a, b, "/burgers", users=5, requests=30)
    return "cannot tell"
