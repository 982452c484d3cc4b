#!/usr/bin/env bash

# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

# The arguments are those of `descant`; `ros2 ..`, `bash`, `colcon ..` and `python3 ..` run themselves.
set -e
# shellcheck source=/dev/null
. /opt/ros/jazzy/setup.bash
# shellcheck source=/dev/null
. /ws/install/setup.bash
case "${1:-}" in
  ros2 | bash | colcon | python3) exec "$@" ;;
  # Not by `ros2 run`: ctrl-c and `docker stop` reach only the first process.
  *) exec /ws/install/lib/descant/descant "$@" ;;
esac
