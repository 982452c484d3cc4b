# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The conductor: which part is being played, and the gestures that go from one to the next."""
