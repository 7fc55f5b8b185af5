# task: e06.1
# diagnosis: not-filled-in
seconds = {
    "8 customers, one cashier": 1.7,
    "16 customers, one cashier": 2.5,
    "16 customers, eight threads": ...,
    "16 customers, eight processes": ...,
    "16 customers who want no patty, one cashier": ...,
    "16 customers who want no patty, eight threads": ...,
}
