"""What was measured, and what may be said of it: runs, thresholds, verdicts, comparisons, sweeps."""
