# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The picture of a recording: piano roll above, losses below."""
