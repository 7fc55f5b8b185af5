# task: e03.2
# diagnosis: nothing-to-await
import types


@types.coroutine
def sleep(seconds):
    return seconds
