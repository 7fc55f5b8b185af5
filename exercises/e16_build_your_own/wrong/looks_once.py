# task: e16.6
# diagnosis: nobody-watches
def attentive(application):
    async def listening(scope, receive, send):
        message = await receive()
        if message["type"] != "http.disconnect":
            await application(scope, receive, send)

    return listening
