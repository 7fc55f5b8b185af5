# task: e03.1
# diagnosis: the-result-is-inside
def run(coroutine):
    while True:
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end
