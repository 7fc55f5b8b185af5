"""Loads: users who ask, at their own pace or at a given rate, through one of two engines, here or in a process."""
