# task: e14.4
# diagnosis: time-shows-it-too
# state: partly done
worth = {
    "A": "never red",
    "B": "never red",
    "C": "worth it",
    "D": "never red",
    "E": "never red",
    "F": "never green",
    "G": "never red",
}
