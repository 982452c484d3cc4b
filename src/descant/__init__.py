# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Descant: gradient descent, in concert.

Everything here works without ROS; what needs the graph lives in `descant.nodes`, and the message
types, where they were built, in `descant.msg`.
"""
