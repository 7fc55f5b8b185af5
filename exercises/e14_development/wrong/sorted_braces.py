# task: e14.3
# diagnosis: only-the-number-counts
def same_places(message, translated):
    def count(text):
        plain = text.replace("{{", "").replace("}}", "")
        return plain.count("{"), plain.count("}")

    return count(message) == count(translated)
