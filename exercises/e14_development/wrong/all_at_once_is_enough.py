# task: e14.4
# diagnosis: no-pause-no-turn
# state: partly done
worth = {
    "A": "never red",
    "B": "worth it",
    "C": "worth it",
    "D": "never red",
    "E": "never red",
    "F": "never green",
    "G": "worth it",
}
