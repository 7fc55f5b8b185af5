# task: e06.2
def one_cashier(customers: int, work: float, wait: float):
    return work * customers + wait


def eight_cooks(customers: int, work: float, wait: float):
    return -(-customers // 8) * (work + wait)
