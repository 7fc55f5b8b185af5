# task: e15.2
# diagnosis: ready-without-asking
from fwlab import App


def make_app(store):
    app = App()

    @app.get("/health")
    async def health():
        return "alive"

    @app.get("/ready")
    async def ready():
        return "ready"

    return app
