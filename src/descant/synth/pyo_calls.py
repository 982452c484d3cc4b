# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Private parts of pyo: calls made while playing, and the memory of a table.

A pyo object is a list of C objects behind a Python class whose methods convert arguments to
lists and walk them: 4 microseconds a call. The C objects are in the attribute `_base_objs`, which
is private, and take 0.1 microseconds. Where a future pyo has no such attribute, the public object
itself is used: slower, and the same sound.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray


def core(thing: Any) -> Any:
    """The C object of a pyo object of one stream; the object itself where there is none."""
    cores = getattr(thing, "_base_objs", None)
    return cores[0] if isinstance(cores, list) and len(cores) == 1 else thing


def server_core(server: Any) -> Any:
    """The C object of a pyo server; the server itself where there is none."""
    return getattr(server, "_server", server)


def memory(table: Any) -> NDArray[np.float32]:
    """The samples of a pyo table, in place; use it only while the table lives.

    pyo gives access to a table's memory through the buffer protocol, but a table that is freed
    frees the exporter too, while the buffer is in use, and the interpreter crashes when the buffer
    is released. So it is released at once, and only the address is kept.
    """
    lent = np.asarray(table.getBuffer())
    kept = (ctypes.c_float * lent.size).from_address(lent.ctypes.data)
    return np.ctypeslib.as_array(kept)
