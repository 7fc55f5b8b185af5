# task: e06.2
# diagnosis: half-a-round
# state: partly done
def one_cashier(customers: int, work: float, wait: float):
    return customers * work + wait


def eight_cooks(customers: int, work: float, wait: float):
    return customers / 8 * (work + wait)
