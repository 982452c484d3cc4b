# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The demo: a bundled improvisation played through the graph, with its results in a folder."""
