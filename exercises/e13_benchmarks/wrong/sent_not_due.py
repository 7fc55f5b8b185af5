# task: e13.3
# diagnosis: counted-from-when-it-was-sent
# state: partly done
from fwlab.lab import load


async def p95_of_customers(app):
    run = await load(app, "/burgers", rate=100, users=2, duration=6)
    return run.percentile(95, of="service")
