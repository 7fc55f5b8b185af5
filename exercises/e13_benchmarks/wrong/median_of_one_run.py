# task: e13.4
# diagnosis: one-run-each
from fwlab.lab import load


async def verdict(a, b):
    one = await load(a, "/burgers", users=5, requests=30)
    other = await load(b, "/burgers", users=5, requests=30)
    return "faster" if other.percentile(50) < one.percentile(50) else "slower"
