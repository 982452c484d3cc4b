# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where ROS writes its log files, with and without a home folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from descant.errors import UserError
from descant.log_folder import ensure_log_folder


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.parametrize(
    "variables",
    [
        {"HOME": "{}"},
        {"HOME": "/proc/x", "ROS_HOME": "{}"},
        {"HOME": "/proc/x", "ROS_LOG_DIR": "{}/log"},
        {"HOME": "{}", "ROS_LOG_DIR": "~/log"},
        {"ROS_LOG_DIR": "{}/log"},
    ],
)
def test_a_folder_that_ros_can_write_is_kept(tmp_path: Path, variables: dict[str, str]) -> None:
    environment = {name: text.format(tmp_path) for name, text in variables.items()}
    before = dict(environment)
    assert ensure_log_folder(environment) == ""
    assert environment == before


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "no home folder"),
        ({"HOME": ""}, "no home folder"),
        ({"ROS_LOG_DIR": "~/log"}, "no home folder"),
        ({"HOME": "/proc/x"}, "cannot write to /proc/x/.ros/log"),
        ({"HOME": "/dev/null"}, "cannot write to /dev/null/.ros/log"),
        ({"ROS_HOME": "/proc/x"}, "cannot write to /proc/x/log"),
        ({"ROS_LOG_DIR": "/proc/x"}, "cannot write to /proc/x"),
    ],
)
def test_without_one_it_is_a_temporary_folder(environment: dict[str, str], reason: str) -> None:
    remark = ensure_log_folder(environment)
    assert remark.startswith(reason)
    assert remark.endswith(f": log files of ROS go to {environment['ROS_LOG_DIR']}")
    assert os.listdir(environment["ROS_LOG_DIR"]) == []
    assert ensure_log_folder(environment) == ""  # a node that the launcher starts says no more


def test_with_no_temporary_folder_either_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/x")
    with pytest.raises(UserError, match=r"^no folder for log files: no home folder; No such file"):
        ensure_log_folder({})
