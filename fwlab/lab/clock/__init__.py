"""Virtual time: the same code on a clock that jumps to the next event, exact and the same on every machine."""
