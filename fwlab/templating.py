"""Pages made of templates, with Jinja2."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fwlab.background import BackgroundTask
from fwlab.exceptions import FwlabError
from fwlab.requests import Request
from fwlab.responses import HTMLResponse

if TYPE_CHECKING:
    import jinja2


class _TemplateResponse(HTMLResponse):
    """A page, which remembers what it was made of."""

    template: jinja2.Template
    context: dict[str, Any]


class Jinja2Templates:
    """The templates of a folder.

    In a template, ``url_for(name, **path_params)`` is the address of a path operation.

    Args:
        directory: the folder, or several, which are looked through in turn.
        context_processors: functions of the request whose results every template gets, too.
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
        context_processors: Sequence[Callable[[Request], dict[str, Any]]] | None = None,
        env: jinja2.Environment | None = None,
    ) -> None:
        try:
            import jinja2
        except ModuleNotFoundError as error:
            raise FwlabError("Templates need jinja2: pip install jinja2") from error
        self.context_processors = list(context_processors or ())
        if (env is None) is (directory is None):
            raise FwlabError("Jinja2Templates needs either a directory or an env.")
        loader = jinja2.FileSystemLoader(directory or ())
        self.env = env or jinja2.Environment(loader=loader, autoescape=jinja2.select_autoescape())
        self.env.globals.setdefault("url_for", jinja2.pass_context(_url_for))

    def get_template(self, name: str) -> jinja2.Template:
        """Return a template by its file's name."""
        return self.env.get_template(name)

    def TemplateResponse(
        self,
        request: Request,
        name: str,
        context: Mapping[str, Any] | None = None,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
        background: BackgroundTask | None = None,
    ) -> _TemplateResponse:
        """Return the page that a template makes of a context.

        Args:
            request: which every template gets, too, as ``request``.
            name: the template's file.
            context: what the template may use, by name.
            status_code: the HTTP status.
            headers: added to the response.
            media_type: the content type, when it is not HTML.
            background: runs when the response has been sent.
        """
        known = {"request": request, **(context or {})}
        for processor in self.context_processors:
            known.update(processor(request))
        template = self.get_template(name)
        response = _TemplateResponse(template.render(known), status_code, headers, media_type, background)
        response.template, response.context = template, known
        return response


def _url_for(context: Mapping[str, Any], name: str, /, **path_params: Any) -> Any:
    return context["request"].url_for(name, **path_params)
