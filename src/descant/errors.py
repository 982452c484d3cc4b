"""The one kind of error that is shown to a person as a single line."""

from __future__ import annotations


class UserError(Exception):
    """A mistake the user can mend: what was wrong, where, and what was expected or available.

    The command line and the nodes print its text on one line and exit with status 2; they never
    show a traceback for it.
    """
