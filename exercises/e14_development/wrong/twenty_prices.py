# task: e14.4
# diagnosis: right-prices-are-not-enough
# state: partly done
worth = {
    "A": "never red",
    "B": "never red",
    "C": "worth it",
    "D": "worth it",
    "E": "never red",
    "F": "never green",
    "G": "worth it",
}
