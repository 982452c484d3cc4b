"""What of pyo is used below its surface: calls made while playing, and the memory of a table.

A pyo object is a list of C objects behind a Python class whose methods convert arguments to
lists and walk them: 4 microseconds a call. The C objects lie in the attribute `_base_objs`, which
is private, and do the same in 0.1. Where a future pyo has no such attribute, the public object
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

    pyo lends a table's memory through the buffer protocol, but a table that is freed takes the
    lender with it, loan or no loan, and the interpreter crashes when the loan is given back. So
    it is given back at once, and what stays is the address.
    """
    lent = np.asarray(table.getBuffer())
    kept = (ctypes.c_float * lent.size).from_address(lent.ctypes.data)
    return np.ctypeslib.as_array(kept)
