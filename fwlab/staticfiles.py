"""Serves the files of a folder, and nothing outside of it: an ASGI app to be mounted under a path.

A browser that has a file already is told so (status 304) and gets it not again.
"""

from __future__ import annotations

import importlib.util
import os
import stat
from collections.abc import Sequence
from urllib.parse import quote

from fwlab.concurrency import run_in_threadpool
from fwlab.datastructures import URL
from fwlab.exceptions import FwlabError, HTTPException
from fwlab.requests import route_path
from fwlab.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from fwlab.types import Receive, Scope, Send
from fwlab.websockets import respond


class StaticFiles:
    """Answers with files.

    Args:
        directory: the folder.
        packages: names of Python packages whose folder ``statics`` is looked through as well; or pairs of a package
            and another folder in it.
        html: answer for a folder with its ``index.html``, and for what is not there with ``404.html``.
        check_dir: make sure at once that the folder exists.
        follow_symlink: serve what a link in the folder leads to, also when that is outside of it.

    Raises:
        FwlabError: when a folder does not exist.

    Example:
        >>> from fwlab import App
        >>> app = App()
        >>> app.mount("/static", StaticFiles(directory="static", check_dir=False), name="static")
    """

    def __init__(
        self,
        *,
        directory: str | os.PathLike[str] | None = None,
        packages: Sequence[str | tuple[str, str]] | None = None,
        html: bool = False,
        check_dir: bool = True,
        follow_symlink: bool = False,
    ) -> None:
        self.directory, self.html, self.follow_symlink = directory, html, follow_symlink
        self.all_directories = [] if directory is None else [os.fspath(directory)]
        self.all_directories += map(_package_directory, packages or ())
        if check_dir:
            self._check()

    def _check(self) -> None:
        for directory in self.all_directories:
            if not os.path.isdir(directory):
                raise FwlabError(f"StaticFiles: there is no folder {directory!r}.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            response = await self.get_response(self.get_path(scope), scope)
        except HTTPException as exc:
            if "app" in scope:  # whose handlers say what becomes of it
                raise
            response = PlainTextResponse(str(exc.detail), exc.status_code, exc.headers)
        await respond(response, scope, receive, send)

    def get_path(self, scope: Scope) -> str:
        """Return the path of the file that a request asks for, below the folder."""
        return os.path.normpath(os.path.join(*route_path(scope).split("/")))

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the response for a path; a subclass may do otherwise.

        Args:
            path: as :meth:`get_path` returns it.
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
            full_path, found = await run_in_threadpool(self.lookup_path, candidate)
            if found is None or not stat.S_ISREG(found.st_mode):
                continue
            if status_code != 307:
                return FileResponse(full_path, status_code, stat_result=found)
            # Relative, so that it is right behind any proxy, and never leads to another host.
            below = f"./{quote(scope['path'].rpartition('/')[2])}/"
            return RedirectResponse(URL(scope=scope).replace(scheme="", netloc="", path=below))
        await run_in_threadpool(self._check)
        raise HTTPException(404)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return what there is at a path in the first folder that has it, and what :func:`os.stat` says of it."""
        resolve = os.path.abspath if self.follow_symlink else os.path.realpath
        for directory in self.all_directories:
            root = resolve(directory)
            try:
                full_path = resolve(os.path.join(root, path))
            except ValueError:  # no file can have this path, such as one with a null byte
                continue
            if os.path.commonpath([full_path, root]) == root and os.path.exists(full_path):
                if not os.access(full_path, os.R_OK):
                    raise HTTPException(401)
                return full_path, os.stat(full_path)
        return "", None


def _package_directory(package: str | tuple[str, str]) -> str:
    name, folder = (package, "statics") if isinstance(package, str) else package
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise FwlabError(f"StaticFiles: there is no package {name!r}.")
    return os.path.normpath(os.path.join(spec.origin, "..", folder))
