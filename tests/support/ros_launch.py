# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Runs a launch file with ROS's own launch: python ros_launch.py FILE [name:=value]..."""

import sys

from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import AnyLaunchDescriptionSource

arguments = [tuple(word.split(":=", maxsplit=1)) for word in sys.argv[2:]]
source = AnyLaunchDescriptionSource(sys.argv[1])
service = LaunchService(argv=sys.argv[2:], noninteractive=True)
service.include_launch_description(
    LaunchDescription([IncludeLaunchDescription(source, launch_arguments=arguments)])
)
sys.exit(service.run())
