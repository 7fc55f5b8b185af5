# task: e13.4
# diagnosis: the-cold-start-counts
# state: partly done
from fwlab.lab import load


async def verdict(a, b):
    times = {a: [], b: []}
    for pair in [(a, b), (b, a)] * 6:
        for app in pair:
            run = await load(app, "/burgers", users=5, requests=30, warmup=0)
            times[app] += run.response_times
    one, other = (sum(found) / len(found) for found in times.values())
    if abs(other / one - 1) < 0.1:
        return "cannot tell"
    return "slower" if other > one else "faster"
