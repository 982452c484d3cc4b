"""The few calls into pyo that are made while playing, without the layers above them.

A pyo object is a list of C objects behind a Python class whose methods convert arguments to
lists and walk them: 4 microseconds a call. The C objects lie in the attribute `_base_objs`, which
is private, and do the same in 0.1. Where a future pyo has no such attribute, the public object
itself is used: slower, and the same sound.
"""

from __future__ import annotations

from typing import Any


def core(thing: Any) -> Any:
    """The C object of a pyo object of one stream; the object itself where there is none."""
    cores = getattr(thing, "_base_objs", None)
    return cores[0] if isinstance(cores, list) and len(cores) == 1 else thing


def server_core(server: Any) -> Any:
    """The C object of a pyo server; the server itself where there is none."""
    return getattr(server, "_server", server)
