# task: e16.6
# diagnosis: raised-in-a-group
# state: partly done
import anyio


def attentive(application):
    async def listening(scope, receive, send):
        async def watch():
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(watch)
            await application(scope, receive, send)
            group.cancel_scope.cancel()

    return listening
