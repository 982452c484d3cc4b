# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write, read and repair recordings (bags in rosbag2's layout)."""
