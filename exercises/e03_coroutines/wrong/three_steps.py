# task: e03.1
# diagnosis: so-many-steps-and-no-more
def run(coroutine):
    for _ in range(4):
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
