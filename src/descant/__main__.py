# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Start `descant`: from here on a signal ends it without a traceback, also while it is loading."""

from __future__ import annotations

import sys

from descant import interrupts


def main() -> int:
    """Run the command line; return its exit status."""
    interrupts.end_at_once()
    from descant import cli  # noqa: PLC0415 -- loading it takes most of the time

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
