# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What is seen: scenes, distortions, and where the picture goes.

    notes, pedals, states, episodes, parts --> scene.Scene --at(time)--> frame.Frame --+
                                                                                       v
    camera pictures ------------------------------------------------> renderer.Renderer --> canvas

Everything up to the `Frame` is plain arrays: no OpenGL, no ROS, no clock. Coordinates there are
those of the screen: x to the right, y up, the origin in the middle, the upper edge at y = 1, the
right edge at x = aspect (width over height). Widths of lines are in the same unit.
"""
