# task: e14.3
# diagnosis: it-says-nothing-of-a-broken-one
# state: partly done
from string import Formatter


def places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def same_places(message, translated):
    return places(message) == places(translated)
