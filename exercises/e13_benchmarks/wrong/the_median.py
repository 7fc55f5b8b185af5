# task: e13.3
# diagnosis: half-of-them-are-well
# state: partly done
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", rate=100, duration=6)
    return run.percentile(50)
