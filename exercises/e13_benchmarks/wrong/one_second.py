# task: e13.3
# diagnosis: too-short-for-p95
# state: partly done
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", rate=100, duration=1)
    return run.percentile(95)
