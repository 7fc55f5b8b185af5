"""Pages made of templates, with Jinja2."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fwlab.exceptions import FwlabError, import_extra
from fwlab.requests import Request
from fwlab.responses import HTMLResponse

if TYPE_CHECKING:
    import jinja2


class Jinja2Templates:
    """The templates of a folder.

    In a template, ``url_for(name, **path_params)`` is the address of a path operation.

    Args:
        directory: the folder, or several, which are looked through in turn.
        env: instead of a folder, an environment of Jinja2's that you have made yourself.

    Raises:
        FwlabError: when jinja2 is not installed, or not one of ``directory`` and ``env`` is given.

    Example:
        >>> import jinja2
        >>> from fwlab import Request
        >>> templates = Jinja2Templates(env=jinja2.Environment(loader=jinja2.DictLoader({"page": "{{ n }} burgers"})))
        >>> templates.TemplateResponse(Request({"type": "http"}), "page", {"n": 2}).body
        b'2 burgers'
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
        *,
        env: "jinja2.Environment | None" = None,
    ) -> None:
        library = import_extra("jinja2", "Templates")
        if (env is None) is (directory is None):
            raise FwlabError("Jinja2Templates needs either a directory or an env.")
        loader = library.FileSystemLoader(directory or ())
        self.env = env or library.Environment(loader=loader, autoescape=library.select_autoescape())
        self.env.globals.setdefault("url_for", library.pass_context(_url_for))

    def get_template(self, name: str) -> "jinja2.Template":
        """Return a template by its file's name."""
        return self.env.get_template(name)

    def TemplateResponse(
        self, request: Request, name: str, context: Mapping[str, Any] | None = None, *rest: Any, **options: Any
    ) -> HTMLResponse:
        """Return the page that a template makes of a context.

        Args:
            request: which every template gets, too, as ``request``.
            name: the template's file.
            context: what the template may use, by name.
            *rest: as in :class:`~fwlab.responses.Response`, in its order: status, headers, media type, background.
            **options: the same by name: ``status_code``, ``headers``, ``media_type``, ``background``.
        """
        page = self.get_template(name).render({"request": request, **(context or {})})
        return HTMLResponse(page, *rest, **options)


def _url_for(context: Mapping[str, Any], name: str, /, **path_params: Any) -> Any:
    return context["request"].url_for(name, **path_params)
