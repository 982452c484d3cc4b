# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The project's profile of Fast DDS, for nodes that no launch file started."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import MutableMapping

from descant.errors import UserError
from descant.resources import resource
from descant.shared_memory import FOLDER

FILE = "FASTRTPS_DEFAULT_PROFILES_FILE"
OTHERS = ("FASTDDS_DEFAULT_PROFILES_FILE", "FASTDDS_BUILTIN_TRANSPORTS")
"""A user who set one of these, the first of a newer Fast DDS, has made the choice."""
IN_FOLDER = ("DEFAULT_FASTRTPS_PROFILES.xml", "DEFAULT_FASTDDS_PROFILES.xml")
"""Fast DDS reads such a file of the working directory."""
ROOM = 40 << 20
"""Bytes of shared memory for a node: Fast DDS goes without where its segment does not fit."""


def use_profile(environment: MutableMapping[str, str]) -> None:
    """Name the profile that the launch files name, where the user has none; before ROS starts."""
    if any(name in environment for name in (FILE, *OTHERS)):
        return
    if any(os.path.exists(name) for name in IN_FOLDER):
        return
    with contextlib.suppress(OSError):  # systems without the folder
        if shutil.disk_usage(FOLDER).free < ROOM:
            return
    with contextlib.suppress(UserError):  # no installed package: Fast DDS as it comes
        environment[FILE] = str(resource("config", "fastdds.xml"))
