# task: e16.1
from fwlab.responses import JSONResponse

NOT_FOUND = JSONResponse({"detail": "Not Found"}, 404)
NOT_ALLOWED = JSONResponse({"detail": "Method Not Allowed"}, 405)


def routed(routes):
    tree = {}
    for order, (method, path, found) in enumerate(routes):
        node, names = tree, []
        for segment in path.split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                segment = None
            node = node.setdefault(segment, {})
        node.setdefault(..., []).append((order, method, names, found))

    def walk(node, segments, values):
        if not segments:
            return [(*leaf, values) for leaf in node.get(..., [])]
        first, *rest = segments
        found = walk(node[first], rest, values) if first in node else []
        return found + (walk(node[None], rest, [*values, first]) if None in node and first else [])

    async def application(scope, receive, send):
        leaves = sorted(walk(tree, scope["path"].split("/"), []), key=lambda leaf: leaf[0])
        for _, method, names, found, values in leaves:
            if method == scope["method"]:
                return await found(scope | {"path_params": dict(zip(names, values, strict=True))}, receive, send)
        await (NOT_ALLOWED if leaves else NOT_FOUND)(scope, receive, send)

    return application
