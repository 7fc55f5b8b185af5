# task: e03.3
# diagnosis: the-first-end-ends-all
def run_all(*coroutines):
    results = []
    try:
        while True:
            for coroutine in coroutines:
                coroutine.send(None)
    except StopIteration as end:
        results.append(end.value)
    return results
