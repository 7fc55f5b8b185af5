# task: e14.3
# diagnosis: only-one-direction
# state: partly done
from string import Formatter


def places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def same_places(message, translated):
    try:
        return places(message) <= places(translated)
    except ValueError:
        return False
