# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The commands of `descant`, one file each."""
