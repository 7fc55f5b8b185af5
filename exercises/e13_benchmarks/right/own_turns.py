# task: e13.4
import statistics

from fwlab.lab import load


async def verdict(a, b):
    ratios = []
    for number in range(12):
        medians = {}
        for app in (a, b) if number % 2 == 0 else (b, a):
            run = await load(app, "/burgers", users=5, requests=30)
            medians[app] = run.percentile(50)
        ratios.append(medians[b] / medians[a])
    middle, spread = statistics.mean(ratios), statistics.stdev(ratios) / len(ratios) ** 0.5
    if abs(middle - 1) < 3 * spread:
        return "cannot tell"
    return "slower" if middle > 1 else "faster"
