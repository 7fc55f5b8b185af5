# task: e13.2
# diagnosis: a-number-for-a-share
# state: partly done
def report(run):
    times = {f"p{percent}": run.percentiles.get(percent) for percent in [50, 95, 99]}
    return {**times, "rps": run.rps, "errors": run.errors.total()}
