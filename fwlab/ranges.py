"""What a client asks of a file: parts of it (RFC 9110, section 14), or only what it does not have yet (section 13)."""

from __future__ import annotations

import re

from fwlab.datastructures import Headers
from fwlab.exceptions import HTTPException

MAX_RANGES = 100
"""A header that asks for more is not followed; the client gets the whole file."""

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


def parse_ranges(header: str, size: int) -> list[tuple[int, int]]:
    """Return the parts of ``size`` bytes that a header asks for, sorted, those that overlap as one; empty for all.

    Args:
        header: the value of ``Range``.
        size: of the whole, in bytes.

    Returns:
        The first byte of each part, and the first one that is no more in it.

    Raises:
        HTTPException: with status 400 for a header that means nothing, 416 for one that asks for what is not there.

    Example:
        >>> parse_ranges("bytes=0-99, 50-149, -10", 1000)
        [(0, 150), (990, 1000)]
    """
    unit, equals, listed = header.partition("=")
    if not equals:
        raise HTTPException(400, "Malformed range header.")
    if unit.strip().lower() != "bytes":
        raise HTTPException(400, "Only support bytes range")
    if listed.count(",") >= MAX_RANGES:
        return []
    found = [match.groups() for text in listed.split(",") if (match := _RANGE.fullmatch(text)) and any(match.groups())]
    parts = sorted(_part(first, last, size) for first, last in found)
    if not parts:
        raise HTTPException(400, "Range header: range must be requested")
    if any(start >= size for start, _ in parts):
        raise HTTPException(416, "", {"Content-Range": f"bytes */{size}"})
    if any(start >= end for start, end in parts):
        raise HTTPException(400, "Range header: start must be less than end")
    merged = parts[:1]
    for start, end in parts[1:]:
        if start > merged[-1][1]:
            merged.append((start, end))
        merged[-1] = (merged[-1][0], max(merged[-1][1], end))
    return merged


def _part(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size
