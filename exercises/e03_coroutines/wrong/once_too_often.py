# task: e03.3
# diagnosis: sent-to-a-coroutine-that-is-over
def run_all(*coroutines):
    results = [None] * len(coroutines)
    while None in results:
        for number, coroutine in enumerate(coroutines):
            try:
                coroutine.send(None)
            except StopIteration as end:
                results[number] = end.value
    return results
