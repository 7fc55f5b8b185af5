"""Running a stranger's code: one process for each exercise of each submission, walled in, and what was seen in it.

:class:`~fwlab.grading.jail.jail.Jail` is the face. Three kinds of processes, and what each of them knows:

* the **judge** (who has the :class:`Jail`) has the checks, and never runs a learner's code;
* the **warden** (``warden.py``) has fwlab loaded and nothing of the course; it forks an inmate a job;
* an **inmate** (``inmate.py``) runs the learner's cells, then the experiments, and leaves what they saw in a piece of
  shared memory that has no descriptor. Expectations, diagnoses and solutions stay with the judge.
"""
