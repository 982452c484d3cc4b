# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A folder for ROS's log files where the home folder is missing or cannot be written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import MutableMapping

from descant.errors import UserError

VARIABLE = "ROS_LOG_DIR"


def ensure_log_folder(environment: MutableMapping[str, str]) -> str:
    """Set ROS_LOG_DIR to a temporary folder if ROS could not write its log files elsewhere.

    Return one line about it, '' if nothing had to be done. Without a log folder ROS starts no node.
    `UserError` if there is no temporary folder either.
    """
    folder = _folder_of_ros(environment)
    reason = _reason_not_writable(folder) if folder else "no home folder"
    if not reason:
        return ""
    try:
        environment[VARIABLE] = tempfile.mkdtemp(prefix="descant-log-")
    except OSError as error:
        raise UserError(
            f"no folder for log files: {reason}; {error.strerror}: set {VARIABLE}"
        ) from None
    return f"{reason}: log files of ROS go to {environment[VARIABLE]}"


def _folder_of_ros(environment: MutableMapping[str, str]) -> str:
    """The folder that ROS would take, '' if it has none."""
    home = environment.get("HOME", "")
    folder = environment.get(VARIABLE) or (
        os.path.join(environment.get("ROS_HOME") or os.path.join("~", ".ros"), "log")
    )
    if folder.startswith("~"):
        return os.path.join(home, folder[1:].lstrip("/")) if home else ""
    return folder


def _reason_not_writable(folder: str) -> str:
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"cannot write to {folder} ({error.strerror})"
