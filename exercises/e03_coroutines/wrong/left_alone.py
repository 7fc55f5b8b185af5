# task: e03.4
# diagnosis: left-while-it-cleaned-up
def run_at_most(coroutine, turns):
    try:
        for _ in range(turns):
            coroutine.send(None)
        coroutine.throw(TimeoutError())
    except StopIteration as end:
        return end.value
    raise TimeoutError
