# task: e13.2
# diagnosis: failures-are-no-answers
# state: partly done
def report(run):
    times = {f"p{percent}": run.percentiles.get(percent) for percent in [50, 95, 99]}
    rps = len(run.samples) / run.duration
    return {**times, "rps": rps, "errors": run.errors.total() / len(run.samples)}
