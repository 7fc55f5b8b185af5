# task: e06.1
# diagnosis: work-is-not-shared
# state: partly done
seconds = {
    "8 customers, one cashier": 1,
    "16 customers, one cashier": 1,
    "16 customers, eight threads": 3.4,
    "16 customers, eight processes": 2,
    "16 customers who want no patty, one cashier": 1.6,
    "16 customers who want no patty, eight threads": 1.6,
}
