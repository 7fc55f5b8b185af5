"""What fwlab costs beside other frameworks: the same six requests, in process, over the wire, and the import;
and what the laboratory's clients cost beside others.

``make bench`` runs it (``ARGS=--quick`` in under a minute). Ratios are what counts: a machine has its own microseconds.
"""
