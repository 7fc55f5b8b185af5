"""Grading a class: submissions in, verdicts out, in forms that instructors' other tools read.

:func:`~fwlab.grading.classroom.grade.grade` is what ``fwlab grade`` calls.
"""
