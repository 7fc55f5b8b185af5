# task: e03.2
# diagnosis: a-generator-that-nobody-can-await
def sleep(seconds):
    yield seconds
