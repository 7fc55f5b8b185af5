# task: e03.1
# diagnosis: so-many-steps-and-no-more
def run(coroutine):
    coroutine.send(None)
    coroutine.send(None)
