# task: e09.2
# diagnosis: the-last-one-counts
# state: partly done
seconds = {
    "81 customers ask the bank, 40 tokens": 1.0,
    "40 customers ask the bank, 40 tokens": 0.5,
    "81 customers ask the bank, set_default_executor(ThreadPoolExecutor(81))": 1.5,
    "81 customers ask the bank, total_tokens = 81": 0.5,
    "81 customers compute for 0.01 s each, total_tokens = 81": 0.81,
}
