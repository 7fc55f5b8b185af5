# task: e06.3
# diagnosis: waiting-needs-no-cook
# state: partly done
sooner = {
    "0.01 s of work, 0.4 s at the grill": "eight cooks",
    "0.1 s of work, 0.1 s at the grill": "eight cooks",
    "0.05 s of work, 0.45 s at the grill": "eight cooks",
    "0.06 s of work, 0.3 s at the grill": "eight cooks",
    "0.1 s of work, no grill, and the eight share one core": "no difference",
}
