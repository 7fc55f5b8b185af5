"""Serves the files of a folder, and nothing outside of it: an ASGI app to be mounted under a path.

A browser that has a file already is told so (status 304) and gets it not again.
"""

import os
from pathlib import PurePath
from urllib.parse import quote

from fwlab.concurrency import run_in_threadpool
from fwlab.datastructures import URL
from fwlab.exceptions import FwlabError, HTTPException
from fwlab.requests import route_path
from fwlab.responses import FileResponse, RedirectResponse, Response
from fwlab.types import Receive, Scope, Send
from fwlab.websockets import respond


class StaticFiles:
    """Answers with files.

    Args:
        directory: the folder.
        html: answer for a folder with its ``index.html``, and for what is not there with ``404.html``.
        check_dir: make sure at once that the folder exists.
        follow_symlink: serve what a link in the folder leads to, also when that is outside of it.

    Raises:
        FwlabError: when the folder does not exist.

    Example:
        >>> from fwlab import App
        >>> app = App()
        >>> app.mount("/static", StaticFiles(directory="static", check_dir=False), name="static")
    """

    def __init__(
        self,
        *,
        directory: str | os.PathLike[str],
        html: bool = False,
        check_dir: bool = True,
        follow_symlink: bool = False,
    ) -> None:
        self.directory, self.html, self.follow_symlink = os.fspath(directory), html, follow_symlink
        if check_dir:
            self._check()

    def _check(self) -> None:
        if not os.path.isdir(self.directory):
            raise FwlabError(f"StaticFiles: there is no folder {self.directory!r}.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = PurePath(*route_path(scope).split("/"))
        await respond(await self.get_response(str(path), scope), scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the response for a path; a subclass may do otherwise.

        Args:
            path: of the file, below the folder.
            scope: the request's.

        Raises:
            HTTPException: 404 when there is no such file, 405 for other methods than GET and HEAD, 401 when the file
                must not be read.
        """
        if scope.get("method") not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        candidates = [(path, 200)]
        if self.html:
            index_status = 200 if scope["path"].endswith("/") else 307
            candidates += [(os.path.join(path, "index.html"), index_status), ("404.html", 404)]
        for candidate, status_code in candidates:
            if (file := await run_in_threadpool(self._find, candidate)) is None:
                continue
            if status_code != 307:
                return FileResponse(file, status_code)
            # Relative, so that it is right behind any proxy, and never leads to another host.
            below = f"./{quote(scope['path'].rpartition('/')[2])}/"
            return RedirectResponse(URL(scope=scope).replace(scheme="", netloc="", path=below))
        await run_in_threadpool(self._check)
        raise HTTPException(404)

    def _find(self, path: str) -> str | None:
        """Return where the file at a path is; None if there is none, or if it is outside of the folder."""
        resolve = os.path.abspath if self.follow_symlink else os.path.realpath
        root = resolve(self.directory)
        try:
            file = resolve(os.path.join(root, path))
        except ValueError:  # no file can have this path, such as one with a null byte
            return None
        if os.path.commonpath([file, root]) != root or not os.path.isfile(file):
            return None
        if not os.access(file, os.R_OK):
            raise HTTPException(401)
        return file
