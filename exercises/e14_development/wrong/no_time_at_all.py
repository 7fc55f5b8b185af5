# task: e14.4
# diagnosis: nobody-can-do-that
# state: partly done
worth = {
    "A": "never red",
    "B": "never red",
    "C": "worth it",
    "D": "never red",
    "E": "never red",
    "F": "worth it",
    "G": "worth it",
}
