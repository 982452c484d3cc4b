#!/usr/bin/env bash

# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

# Checks which package may import which: import-linter, with [tool.importlinter] in pyproject.toml.
# It reads the sources as they are installed, with nodes/ as the package descant.nodes.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cp -r src/descant "$tree/descant"
cp -r nodes "$tree/descant/nodes"
cd "$tree"
PATH="$root/.venv/bin:$PATH" lint-imports "$root/pyproject.toml" --no-cache --no-logo
