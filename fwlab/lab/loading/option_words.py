"""What a load says of its arguments, said of the command's options: ``load(users=5): …`` is ``--users 5: …`` there."""

from __future__ import annotations

import re

_NAMES = "users|requests|duration|rate|arrivals|seed|warmup|stagger|timeout|method|headers|json|engine|remote|path"
_OTHER_NAMES = {"headers": "--header", "json": "--data", "path": "the path"}
_CALL = re.compile(r"\bload\(((?:[^()]|\([^()]*\))*)\)")
_ARGUMENT = re.compile(rf"\b({_NAMES})=('[^']*'|\d[\d.]*\d|\d|True|\.\.\.)?")


def in_options(message: str) -> str:
    """Say a message of :func:`~fwlab.lab.load` in the words of ``fwlab load``.

    Example:
        >>> in_options("load(users=5, requests=3): each sends one. Write requests=5 or more.")
        '--users 5 --requests 3: each sends one. Write --requests 5 or more.'
    """
    message = message.replace("server = await serve(app)", "fwlab run shop:app")
    message = _CALL.sub(lambda call: call[1].replace(", ", " "), message)
    return _ARGUMENT.sub(_option, message)


def _option(argument: re.Match[str]) -> str:
    name, value = argument[1], argument[2]
    option = _OTHER_NAMES.get(name, f"--{name}")
    return option if value in (None, "...", "True") else f"{option} {value.strip(chr(39))}"
