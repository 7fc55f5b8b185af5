"""Everything that can go wrong, as one small tree.

A learner catches :class:`FwlabError`; what is below it says where the mistake is.
"""


class FwlabError(RuntimeError):
    """The root of every error that fwlab raises itself."""
