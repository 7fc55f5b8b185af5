# task: e13.2
# diagnosis: a-mean-for-a-median
def report(run):
    times = {f"p{percent}": run.percentiles.get(percent) for percent in [95, 99]}
    mean = sum(run.response_times) / len(run.response_times)
    return {"p50": mean, **times, "rps": run.rps, "errors": run.errors.total() / len(run.samples)}
