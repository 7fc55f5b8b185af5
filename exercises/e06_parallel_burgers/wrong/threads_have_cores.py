# task: e06.1
# diagnosis: threads-share-a-core
# state: partly done
seconds = {
    "8 customers, one cashier": 1.7,
    "16 customers, one cashier": 2.5,
    "16 customers, eight threads": 2,
    "16 customers, eight processes": 2,
    "16 customers who want no patty, one cashier": 1.6,
    "16 customers who want no patty, eight threads": 0.2,
}
