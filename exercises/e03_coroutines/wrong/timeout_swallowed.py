# task: e03.4
# diagnosis: nobody-hears-of-it
def run_at_most(coroutine, turns):
    try:
        for _ in range(turns):
            coroutine.send(None)
        coroutine.throw(TimeoutError())
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value
    except TimeoutError:
        return None
