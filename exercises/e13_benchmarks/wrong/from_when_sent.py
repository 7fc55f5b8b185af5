# task: e13.2
# diagnosis: the-clients-own-clock
# state: partly done
def report(run):
    supported = run.percentiles
    times = {f"p{p}": run.percentile(p, of="service") if p in supported else None for p in [50, 95, 99]}
    return {**times, "rps": run.rps, "errors": run.errors.total() / len(run.samples)}
