# task: e03.4
# diagnosis: what-it-returns-is-lost
def run_at_most(coroutine, turns):
    for _ in range(turns):
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
    coroutine.throw(TimeoutError())
    while True:
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
