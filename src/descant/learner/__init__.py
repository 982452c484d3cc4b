# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The learner: function families, gradient descent, and the rules of each part."""
