# task: e13.3
# diagnosis: still-polite
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", users=1, duration=6)
    return run.percentile(95)
