#!/usr/bin/env bash
# The arguments are those of `descant`; `ros2 ..`, `bash`, `colcon ..` and `python3 ..` run themselves.
set -e
. /opt/ros/jazzy/setup.bash
. /ws/install/setup.bash
case "${1:-}" in
  ros2 | bash | colcon | python3) exec "$@" ;;
  *) exec ros2 run descant descant "$@" ;;
esac
