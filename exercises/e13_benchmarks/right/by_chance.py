# task: e13.3
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", rate=100, duration=20, arrivals="poisson", warmup=0)
    return run.percentile(95)
