# task: e03.2
# diagnosis: it-does-not-say-how-long
# state: partly done
import types


@types.coroutine
def sleep(seconds):
    yield
