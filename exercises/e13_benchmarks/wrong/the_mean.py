# task: e13.3
# diagnosis: a-mean-hides-it
# state: partly done
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", rate=100, duration=6)
    return sum(run.response_times) / len(run.response_times)
