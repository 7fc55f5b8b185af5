"""What a client asks of a file: a part of it (RFC 9110, section 14), or only what it does not have yet (section 13)."""

from __future__ import annotations

import re

from fwlab.datastructures import Headers
from fwlab.exceptions import HTTPException

_RANGE = re.compile(r"\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.ASCII)


def is_not_modified(asked: Headers, headers: Headers) -> bool:
    """Tell whether a client has a file already, by its mark (``etag``) or else by its time.

    Args:
        asked: the headers of the request.
        headers: those of the file.
    """
    from email.utils import parsedate  # slow to load, and few apps need it

    if (marks := asked.get("if-none-match")) is not None:
        known = [mark.strip().removeprefix("W/") for mark in marks.split(",")]
        return headers["etag"].removeprefix("W/") in known or known == ["*"]
    since, changed = (parsedate(date) for date in (asked.get("if-modified-since"), headers["last-modified"]))
    return since is not None and changed is not None and since >= changed


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the part of ``size`` bytes that a header asks for; None for several, which a server need not send.

    Args:
        header: the value of ``Range``.
        size: of the whole, in bytes.

    Returns:
        The first byte of the part, and the first one that is no more in it.

    Raises:
        HTTPException: with status 400 for a header that means nothing, 416 for one that asks for what is not there.

    Example:
        >>> parse_range("bytes=0-99", 1000), parse_range("bytes=-10", 1000)
        ((0, 100), (990, 1000))
    """
    unit, equals, asked = header.partition("=")
    if not equals:
        raise HTTPException(400, "Malformed range header.")
    if unit.strip().lower() != "bytes":
        raise HTTPException(400, "Only support bytes range")
    if "," in asked:
        return None
    match = _RANGE.fullmatch(asked)
    if match is None or not any(match.groups()):
        raise HTTPException(400, "Range header: range must be requested")
    first, last = match.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    if start >= size:
        raise HTTPException(416, "", {"Content-Range": f"bytes */{size}"})
    if start >= end:
        raise HTTPException(400, "Range header: start must be less than end")
    return start, end
