"""Figures, in one style, each with a caption and a text alternative; drawn from runs and from nothing else."""
