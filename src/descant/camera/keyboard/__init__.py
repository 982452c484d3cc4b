# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The moving test picture: a piano keyboard in stage light, with the keys that are down."""
