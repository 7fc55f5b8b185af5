# task: e13.3
# diagnosis: never-awaited
from fwlab.lab import load


async def p95_of_customers(app):
    run = load(app, "/burgers", rate=100, duration=6)
    return run.percentile(95)
