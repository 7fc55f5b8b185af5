# task: e14.3
# diagnosis: a-format-is-no-name
# state: partly done
from string import Formatter


def places(text):
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


def same_places(message, translated):
    try:
        return places(message) == places(translated)
    except ValueError:
        return False
