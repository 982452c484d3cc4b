# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Outputs of the sound. A sink pulls its samples from a function; it has no notion of notes."""
