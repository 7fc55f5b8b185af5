# task: e03.4
# diagnosis: an-end-that-nobody-caught
def run_at_most(coroutine, turns):
    for _ in range(turns):
        coroutine.send(None)
    coroutine.throw(TimeoutError())
