"""What fwlab costs beside other frameworks: the same six requests, in process, over the wire, and the import.

``make bench`` runs it (``ARGS=--quick`` in under a minute). Ratios are what counts: a machine has its own microseconds.
"""
