# task: e13.2
# diagnosis: more-than-the-run-supports
# state: partly done
import math


def report(run):
    waited = run.response_times
    times = {f"p{percent}": waited[math.ceil(percent / 100 * len(waited)) - 1] for percent in [50, 95, 99]}
    return {**times, "rps": run.rps, "errors": run.errors.total() / len(run.samples)}
