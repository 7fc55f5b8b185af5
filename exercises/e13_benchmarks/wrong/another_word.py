# task: e13.4
# diagnosis: another-word
from fwlab.lab import compare


async def verdict(a, b):
    comparison = await compare(a, b, "/burgers", users=5, requests=30, pairs=8)
    return "equal" if comparison.answer == "cannot tell" else comparison.answer
