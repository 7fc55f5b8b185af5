# task: e03.3
from collections import deque


def run_all(*coroutines):
    results = {}
    queue = deque(enumerate(coroutines))
    while queue:
        number, coroutine = queue.popleft()
        try:
            coroutine.send(None)
            queue.append((number, coroutine))
        except StopIteration as end:
            results[number] = end.value
    return [results[number] for number in range(len(coroutines))]
