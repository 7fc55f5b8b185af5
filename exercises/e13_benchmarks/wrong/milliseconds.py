# task: e13.3
# diagnosis: told-in-milliseconds
# state: partly done
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", rate=100, duration=6)
    return 1000 * run.percentile(95)
