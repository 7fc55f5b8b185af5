# task: e13.1
# diagnosis: the-first-is-not-like-the-others
# state: partly done
flaw = {
    "Starlette answers more requests than FastAPI, so the shop will be faster on Starlette": "other layers",
    "the client is at 100 % of its core, and both servers answer 830 requests/s, so they are equal": "the client",
    "10 users, a minute, a standstill of 5 s in it: p99 is 12 ms, so nobody noticed": "coordinated omission",
    "p50 was 21 ms before the change and 20 ms after it, so the change is good": "one run",
    "the mean is 40 ms, so a customer waits for 40 ms": "no warm-up",
    "100 requests to a process just started, the first of which took 3 s: 28 requests/s": "the mean",
}
