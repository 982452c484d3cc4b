# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant` as a person meets it, in the process of the tests where that makes no difference."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from unittest import mock

from descant import cli

OWN_PROCESS = ("replay",)  # it ends its process
TIMEOUT_S = 100.0


def descant(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `descant ARGUMENTS`; in a process of its own, half a second more, if it needs one.

    That is so where `environment` differs. Signals and standard streams are not prepared otherwise.
    """
    words = ["descant", *map(str, arguments)]
    if environment or words[1] in OWN_PROCESS:
        return _started(words[1:], environment)
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", words),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = cli._run()
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def _started(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "descant.cli", *words],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=TIMEOUT_S,
        check=False,
    )  # fmt: skip
