# task: e14.4
# diagnosis: who-comes-alone-meets-nobody
worth = {
    "A": "worth it",
    "B": "worth it",
    "C": "worth it",
    "D": "worth it",
    "E": "worth it",
    "F": "never green",
    "G": "worth it",
}
