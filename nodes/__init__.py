# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The ROS nodes of descant, one thin file each."""
