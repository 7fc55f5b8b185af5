"""What the grader does for a learner besides judging: hints, solutions, a fresh start, and a memory of it all."""
