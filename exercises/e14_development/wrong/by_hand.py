# task: e14.3
# diagnosis: a-brace-is-no-place
# state: partly done
import re


def places(text):
    return set(re.findall(r"{ ?(\w*)", text))


def same_places(message, translated):
    whole = translated.count("{") == translated.count("}")
    return whole and places(message) == places(translated)
