# task: e03.2
# diagnosis: each-wakes-in-time
import types


@types.coroutine
def sleep(seconds):
    yield seconds
    yield seconds
