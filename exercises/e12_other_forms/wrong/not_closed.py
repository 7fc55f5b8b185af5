# task: e12.3
# diagnosis: left-in-the-middle
# state: partly done
async def drive(steps):
    move, value = steps.send, None
    while True:
        try:
            wish = move(value)
        except StopIteration as end:
            return end.value
        try:
            move, value = steps.send, await wish
        except Exception as error:
            move, value = steps.throw, error
