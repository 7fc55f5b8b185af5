# task: e03.1
def run(coroutine):
    def steps():
        return (yield from coroutine.__await__())

    generator = steps()
    try:
        while True:
            next(generator)
    except StopIteration as end:
        return end.value
