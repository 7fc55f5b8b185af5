"""Servers: in the kernel's own loop, in a thread, in processes; each with an address, and put away at its end."""
