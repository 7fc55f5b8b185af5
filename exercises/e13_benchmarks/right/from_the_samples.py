# task: e13.3
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", rate=100, requests=1000, duration=10)
    waited = sorted(sample.done - sample.intended for sample in run.samples)
    return waited[int(0.95 * len(waited))]
