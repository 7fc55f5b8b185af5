"""How Sphinx makes the book: the docs, the notebooks as they are committed, and the reference of the docstrings.

The source directory is the whole checkout, so that a link from a page to a notebook or to a file of code is the same
link on the site, in JupyterLab and where the code is hosted.
"""

import hashlib
import json
import os
from binascii import a2b_base64
from importlib.metadata import version as version_of
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

import fwlab.grading  # noqa: F401  # else Sphinx imports it with what is only for type checkers, which pydantic refuses

project = "fwlab"
author = "the fwlab developers"
copyright = "the fwlab developers, MIT license"
release = version = version_of("fwlab")
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/**", "practice/**", "README*.md", "CONTRIBUTING.md", "CHANGELOG.md"]
exclude_patterns = [".*", "build", "**/.ipynb_checkpoints", "**/node_modules"]

myst_heading_anchors = 4
nb_execution_mode = "off"  # the committed outputs are the book; `make test` holds that they are true
nb_merge_streams = True
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # a page asks no other host for anything
suppress_warnings = ["mystnb.unknown_mime_type"]  # a widget's view; beside it stands the same in HTML

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # one list for a class's attributes, instead of an entry for each

html_theme = "furo"
html_title = "fwlab"
html_copy_source = False
html_show_sphinx = False
html_additional_pages = {"index": "start.html"}
html_static_path = ["_static"]
html_css_files = ["wide.css"]
templates_path = ["_templates"]


def figures(notebook: Path) -> dict[str, str]:
    """The alternatives of a notebook's figures, by the names under which MyST-NB stores these."""
    alternatives = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            for mime in output.get("data", {}).keys() & {"image/png", "image/svg+xml"}:
                text = "".join(output["data"][mime])
                picture = a2b_base64(text) if mime == "image/png" else os.linesep.join(text.splitlines()).encode()
                alternatives[hashlib.sha256(picture).hexdigest()] = output["metadata"].get(mime, {}).get("alt", "")
    return alternatives


def describe_figures(app: Sphinx, page: nodes.document) -> None:
    """Give the figures of a notebook the alternatives that stand beside them there, which MyST-NB leaves out."""
    source = Path(app.env.doc2path(app.env.docname))
    alternatives = figures(source) if source.suffix == ".ipynb" else {}
    for image in page.findall(nodes.image):
        image["alt"] = alternatives.get(Path(image["uri"]).stem) or image.get("alt", "")
        if not image["alt"]:
            logging.getLogger(__name__).warning("a figure without an alternative: %s", image["uri"], location=image)


def lead_to_pages(app: Sphinx, page: nodes.document) -> None:
    """Let the map of the course lead to the chapters' pages: as a file it leads to the notebooks."""
    for picture in page.findall(nodes.raw):
        if "course-map" in picture.astext():
            picture[:] = [nodes.Text(picture.astext().replace('.ipynb"', '.html"'))]


def setup(app: Sphinx) -> None:
    """What Sphinx calls first."""
    app.connect("doctree-read", describe_figures)
    app.connect("doctree-read", lead_to_pages)
