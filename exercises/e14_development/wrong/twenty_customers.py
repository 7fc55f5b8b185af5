# task: e14.4
# diagnosis: many-who-do-not-meet
# state: partly done
worth = {
    "A": "never red",
    "B": "never red",
    "C": "worth it",
    "D": "never red",
    "E": "worth it",
    "F": "never green",
    "G": "worth it",
}
