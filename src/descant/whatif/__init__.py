# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What if: recompute a performance with many settings at once, and measure each."""
