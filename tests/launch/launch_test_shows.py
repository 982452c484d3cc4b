# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every launch file, unchanged, run by ROS's own launch, against the expectations of `shows`.

    launch_test tests/launch/launch_test_shows.py

`colcon test` runs it too. One run for each launch file: its topics while it plays a file, then what
is left after the shutdown.
"""

import atexit
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import launch
import launch_testing
import pytest
from ament_index_python.packages import get_package_share_directory
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import AnyLaunchDescriptionSource

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.graph import domain_id
from support.node import listener
from support.shows import SHOWS, Audience, checks_shutdown

os.environ["ROS_DOMAIN_ID"] = str(domain_id())
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
FOLDERS = {name: Path(tempfile.mkdtemp(prefix=f"descant-{name}-")) for name in SHOWS}
for folder in FOLDERS.values():
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


@pytest.mark.launch_test
@launch_testing.parametrize("name", list(SHOWS))
def generate_test_description(name: str) -> launch.LaunchDescription:
    """The launch file `name`; the tests begin at once and wait for the topics themselves."""
    file = Path(get_package_share_directory("descant"), "launch", f"{name}.launch.xml")
    arguments = SHOWS[name].arguments(FOLDERS[name]).items()
    show = IncludeLaunchDescription(
        AnyLaunchDescriptionSource(str(file)), launch_arguments=arguments
    )
    return launch.LaunchDescription([show, launch_testing.actions.ReadyToTest()])


class TestWhileItPlays(unittest.TestCase):
    """With the nodes running."""

    def test_it_does_what_it_must(self, name: str) -> None:
        with listener(int(os.environ["ROS_DOMAIN_ID"])) as ears:
            audience = Audience(ears, SHOWS[name])
            audience.sees_it_through()
            audience.checks()


@launch_testing.post_shutdown_test()
class TestAfterwards(unittest.TestCase):
    """With the nodes ended."""

    def test_every_node_ended_well(self, name: str, proc_info, proc_output) -> None:  # type: ignore[no-untyped-def]
        exits = {info.process_name.rsplit("-", 1)[0]: info.returncode for info in proc_info}
        output = "".join(text.text.decode(errors="replace") for text in proc_output)
        checks_shutdown(SHOWS[name], exits, output, FOLDERS[name])
