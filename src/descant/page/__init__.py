# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The piece as one web page: the learner's core in JavaScript, explained and playable."""
