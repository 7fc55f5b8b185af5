"""FastAPI's address of what :mod:`fwlab.security` holds."""

from fwlab.security import *  # noqa: F403
