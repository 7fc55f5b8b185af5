# task: e13.2
import math


def report(run):
    waited = sorted(sample.done - sample.intended for sample in run.samples if sample.error is None)
    count = len(waited)
    found = {"rps": count / run.duration, "errors": 1 - count / len(run.samples)}
    for percent in [50, 95, 99]:
        enough = count * (100 - percent) >= 1000
        found[f"p{percent}"] = waited[math.ceil(percent / 100 * count) - 1] if enough else None
    return found
