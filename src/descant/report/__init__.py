# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Reports of recordings: one HTML page in one file, and figures for print."""
