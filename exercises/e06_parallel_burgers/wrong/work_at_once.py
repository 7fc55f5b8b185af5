# task: e06.2
# diagnosis: the-cashier-has-no-eight-hands
# state: partly done
def one_cashier(customers: int, work: float, wait: float):
    return work + wait


def eight_cooks(customers: int, work: float, wait: float):
    return -(-customers // 8) * (work + wait)
