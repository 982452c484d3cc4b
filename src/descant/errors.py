# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The one kind of error that is shown to a person as a single line."""

from __future__ import annotations

import contextlib
import difflib
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


class UserError(Exception):
    """A mistake the user can mend: what was wrong, where, and what was expected or available.

    The command line and the nodes print its text on one line and exit with status 2; they never
    show a traceback for it.
    """


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a message, "did you mean 'NEAREST'?"; '' where no known name is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean '{near[0]}'?" if near else ""


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an `OSError` in the block into a `UserError` that names `path`."""
    try:
        yield
    except OSError as error:
        raise UserError(f"cannot write {path}: {reason(error)}") from None


def reason(error: Any) -> str:
    """Return why a file operation failed, on one line; of an `OSError` or an error like it."""
    if error.errno is not None and error.errno in errno.errorcode:
        return os.strerror(error.errno)
    return next(iter(str(error.strerror or error).splitlines()), type(error).__name__)
