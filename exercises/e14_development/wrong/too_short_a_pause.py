# task: e14.4
# diagnosis: a-short-pause-is-a-pause
# state: partly done
worth = {
    "A": "never red",
    "B": "never red",
    "C": "never red",
    "D": "never red",
    "E": "never red",
    "F": "never green",
    "G": "worth it",
}
