# task: e13.4
# diagnosis: a-winner-of-nothing
# state: partly done
from fwlab.lab import compare


async def verdict(a, b):
    comparison = await compare(a, b, "/burgers", users=5, requests=30)
    return "slower" if comparison.interval.ratio > 1 else "faster"
