# task: e13.4
# diagnosis: turned-round
# state: partly done
from fwlab.lab import compare


async def verdict(a, b):
    comparison = await compare(b, a, "/burgers", users=5, requests=30, pairs=8)
    return comparison.answer
