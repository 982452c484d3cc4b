#!/usr/bin/env bash

# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

# After scripts/setup.sh: makes .venv use the Python sources of this checkout in place, so that an
# edit needs no reinstall. Messages, launch, config and MIDI files: run this again after a change.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh "$@"
package=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/descant
printf '__path__[:0] = ["%s/src/descant", "%s"]\n' "$PWD" "$PWD" >"$package/__init__.py"
