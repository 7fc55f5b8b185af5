# task: e13.2
# diagnosis: the-run-refused
# state: partly done
def report(run):
    times = {f"p{percent}": run.percentile(percent) for percent in [50, 95, 99]}
    return {**times, "rps": run.rps, "errors": run.errors.total() / len(run.samples)}
