# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A keystore made by SROS 2's own tools, where they are installed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.project import ROOT

POLICY = ROOT / "share" / "security" / "policy.xml"
_MAKE = """
import sys
from pathlib import Path
import rclpy.utilities
from sros2.api._artifact_generation import generate_artifacts
generate_artifacts(Path(sys.argv[1]), [], [Path(sys.argv[2])])
"""


def make_keystore(folder: Path, domain: int, policy: Path = POLICY) -> Path:
    """Keys and permissions of every enclave of the policy, for one domain.

    Without the tools the test is skipped.
    """
    for module in ("rclpy", "sros2", "lxml", "cryptography"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed: docs/security.md has SROS 2's tools")
    made = subprocess.run(
        [sys.executable, "-c", _MAKE, str(folder), str(policy)],
        env={"AMENT_PREFIX_PATH": sys.prefix} | os.environ | {"ROS_DOMAIN_ID": str(domain)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return folder
