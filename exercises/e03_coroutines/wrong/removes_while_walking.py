# task: e03.3
# diagnosis: somebody-is-skipped
# state: partly done
def run_all(*coroutines):
    running, results = list(coroutines), {}
    while running:
        for coroutine in running:
            try:
                coroutine.send(None)
            except StopIteration as end:
                results[coroutine] = end.value
                running.remove(coroutine)
    return [results[coroutine] for coroutine in coroutines]
