# task: e03.4
# diagnosis: one-turn-more-or-less
def run_at_most(coroutine, turns):
    try:
        for _ in range(turns + 1):
            coroutine.send(None)
        coroutine.throw(TimeoutError())
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value
