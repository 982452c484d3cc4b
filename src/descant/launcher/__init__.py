# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Run ROS launch XML files where ROS's own launch is not installed: read, expand, run."""
