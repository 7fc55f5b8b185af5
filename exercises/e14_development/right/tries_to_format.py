# task: e14.3
class Noted(dict):
    def __missing__(self, name):
        self[name] = 0
        return 0


def same_places(message, translated):
    one, other = Noted(), Noted()
    try:
        message.format_map(one), translated.format_map(other)
    except ValueError:
        return False
    return one.keys() == other.keys()
