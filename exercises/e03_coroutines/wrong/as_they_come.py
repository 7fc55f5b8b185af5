# task: e03.3
# diagnosis: results-as-they-come
# state: partly done
def run_all(*coroutines):
    running, results = list(coroutines), []
    while running:
        for coroutine in list(running):
            try:
                coroutine.send(None)
            except StopIteration as end:
                results.append(end.value)
                running.remove(coroutine)
    return results
