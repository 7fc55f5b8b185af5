# task: e03.4
def run_at_most(coroutine, turns):
    given = 0
    while True:
        try:
            if given == turns:
                coroutine.throw(TimeoutError("too late"))
            else:
                coroutine.send(None)
        except StopIteration as end:
            return end.value
        given += 1
