"""The burger shop as it grows: ``step01`` is the application at the end of chapter 1, and so on.

A chapter begins with the step before it, so each can be opened on its own::

    from fwlab.course.steps import step01

    app = step01.app

Each step has two names for the next: ``app``, to serve, and ``shop``, the router with all its path operations. A step
includes the shop of the step before and declares what is new. To do better what the one before did, it declares the
same path again, on a function of the same name; that takes the old one's place.
"""
