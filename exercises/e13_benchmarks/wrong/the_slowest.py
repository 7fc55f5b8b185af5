# task: e13.3
# diagnosis: one-unlucky-customer
# state: partly done
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", rate=100, duration=6)
    return max(run.response_times)
