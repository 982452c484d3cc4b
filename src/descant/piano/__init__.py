# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The piano: MIDI ports and files in, note and pedal events out."""
