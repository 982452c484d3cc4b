# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where the stage's pictures come from: cameras, video files, URLs, a moving test picture."""
